"use strict";
// Draws each chart into its place. Expressions are interpreted (ast), so that the page needs no eval
// and its content policy can forbid it; the loader refuses every address.
(() => {
  const specifications = JSON.parse(document.getElementById("specifications").textContent);
  const narrow = window.matchMedia("(max-width: 640px)");
  const views = new Map();
  const refuse = () => Promise.reject(new Error("this page loads nothing"));
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

  // In a narrow window the name of a bar stands above it, and both have the whole width.
  const HIGH_ROW = 44;
  const above = { labelAlign: "left", labelOffset: -16, labelPadding: -2, labelLimit: 290 };

  function sized(specification) {
    const lines = specification.usermeta?.lines;
    return narrow.matches && lines ? { ...specification, height: lines * HIGH_ROW } : specification;
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

  async function draw(place) {
    const key = place.dataset.chart;
    const { specification, alternative } = specifications[key];
    try {
      const old = views.get(key);
      const { view } = await vegaEmbed(
        place,
        { ...sized(specification), description: alternative },
        { renderer: "svg", actions: false, ast: true, config: settings(), loader },
      );
      if (old) old.finalize();
      views.set(key, view);
      const choice = document.querySelector(`select[data-chart="${key}"]`);
      if (choice) await choose(choice);
    } catch (error) {
      place.textContent = `This chart could not be drawn (${error.message}); its numbers are in the table below.`;
      console.error(error);
    }
  }

  async function choose(choice) {
    const view = views.get(choice.dataset.chart);
    if (view) await view.signal(choice.dataset.parameter, Number(choice.value)).runAsync();
  }

  async function drawAll() {
    document.documentElement.dataset.drawn = "no";
    for (const place of document.querySelectorAll("div.chart")) await draw(place);
    document.documentElement.dataset.drawn = "yes";
  }

  for (const choice of document.querySelectorAll("select[data-chart]")) {
    choice.addEventListener("change", () => choose(choice));
  }
  narrow.addEventListener("change", drawAll);
  drawAll();
})();
