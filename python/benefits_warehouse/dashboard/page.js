"use strict";
// Draws each chart into its place. Expressions are interpreted (ast), so that the page needs no eval
// and its content policy can forbid it; the loader refuses every address.
window.dashboard = (() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const specifications = read("specifications");
  const data = read("data");
  const narrow = window.matchMedia("(max-width: 640px)");
  const views = new Map();
  const companyOf = new WeakMap();
  const refuse = () => Promise.reject(new Error("this page loads nothing"));
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

  // In a narrow window the name of a bar stands above it, and both have the whole width.
  const HIGH_ROW = 44;
  const ROW = 24;
  const above = { labelAlign: "left", labelOffset: -16, labelPadding: -2, labelLimit: 290 };

  function sized(specification) {
    const lines = specification.usermeta?.lines;
    if (!lines) return specification;
    return { ...specification, height: lines * (narrow.matches ? HIGH_ROW : ROW) };
  }

  function rowsOf(columns) {
    const names = Object.keys(columns);
    return columns[names[0]].map((_, place) => Object.fromEntries(names.map((name) => [name, columns[name][place]])));
  }

  // The chart of a company is drawn from the company's own rows.
  function about(specification, company) {
    const datasets = { as_of: [{ day: data.companies.asOf }] };
    for (const [name, columns] of Object.entries(data.companies.charts[company] ?? {})) datasets[name] = rowsOf(columns);
    const lines = new Set([...(datasets.gaps ?? []), ...(datasets.coverage ?? [])].map((row) => row.line)).size;
    return { ...specification, datasets, usermeta: specification.usermeta && { ...specification.usermeta, lines } };
  }

  function settings() {
    const font = getComputedStyle(document.documentElement).fontFamily;
    return {
      font,
      view: { stroke: null },
      axis: {
        labelColor: "#3e4c59", labelFontSize: 12, titleColor: "#3e4c59", titleFontSize: 12,
        titleFontWeight: 500, titlePadding: 8, gridColor: "#e9ecef", domainColor: "#9aa5b1",
        tickColor: "#9aa5b1", labelSeparation: 8,
      },
      axisY: { labelLimit: 320, maxExtent: 420 },
      axisYBand: narrow.matches ? above : { labelPadding: 8 },
      legend: {
        labelColor: "#3e4c59", labelFontSize: 12, titleColor: "#3e4c59", titleFontSize: 12,
        titleFontWeight: 500, symbolSize: 110,
      },
    };
  }

  // Draws into an element with data-chart; company: EIN, for a chart of the company's data.
  async function draw(place, company) {
    if (company !== undefined) companyOf.set(place, company);
    const { specification, alternative } = specifications[place.dataset.chart];
    const of = companyOf.get(place);
    try {
      views.get(place)?.finalize();
      const { view } = await vegaEmbed(
        place,
        { ...sized(of === undefined ? specification : about(specification, of)), description: alternative },
        { renderer: "svg", actions: false, ast: true, config: settings(), loader },
      );
      views.set(place, view);
      // Vega calls a group without marks a symbol, and leaves it without a name.
      const unnamed = place.querySelectorAll('g[role="graphics-symbol"]:not([aria-label])');
      for (const group of unnamed) group.setAttribute("aria-hidden", "true");
    } catch (error) {
      place.textContent = `This chart could not be drawn (${error.message}); its numbers are in the table below.`;
      console.error(error);
    }
  }

  async function drawAll() {
    document.documentElement.dataset.drawn = "no";
    for (const place of views.keys()) if (!place.isConnected) views.delete(place);
    for (const place of document.querySelectorAll("div.chart")) if (place.offsetParent) await draw(place);
    document.documentElement.dataset.drawn = "yes";
  }

  for (const choice of document.querySelectorAll("select[data-chart]")) {
    const place = document.getElementById(choice.dataset.chart);
    companyOf.set(place, choice.value);
    choice.addEventListener("change", () => draw(place, choice.value));
  }
  narrow.addEventListener("change", drawAll);
  drawAll();
  return { data, draw, drawAll, narrow };
})();
