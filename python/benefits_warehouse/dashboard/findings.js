"use strict";
// The list of findings with its filters, each finding's evidence, the page of a company, and tables
// that never cut a column. Values get into the page as text only (append, textContent).
(() => {
  const { data, draw, drawAll, narrow } = window.dashboard;
  const find = (selector) => document.querySelector(selector);
  const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
  const number = new Intl.NumberFormat("en-US");
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const CHARTS = {
    coverage_gap: "company-gaps", coverage_ending: "company-gaps", uncovered_claims: "company-gaps", cost_spike: "company-costs",
  };
  const NOTHING = "–";

  function make(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  // As US users write it: Mar 5, 2024.
  function day(text) {
    if (!text) return NOTHING;
    const [year, month, date] = text.slice(0, 10).split("-").map(Number);
    return `${MONTHS[month - 1]} ${date}, ${year}`;
  }
  const dollars = (amount) => (amount === null ? NOTHING : money.format(amount));
  const words = (text) => (text ? text.replaceAll("_", " ") : NOTHING);

  const source = data.findings;
  const shared = new Set(source?.shared);
  const list = (source?.rows ?? []).map((values) => {
    const row = {};
    source.columns.forEach((name, place) => {
      row[name] = shared.has(name) && values[place] !== null ? source.texts[values[place]] : values[place];
    });
    row.kind_title = source.kinds[row.kind];
    row.search = Object.values(row).join(" ").toLowerCase();
    return row;
  });
  const companies = new Map();
  for (const values of data.companies.rows) {
    const company = Object.fromEntries(data.companies.columns.map((name, place) => [name, values[place]]));
    companies.set(company.company_ein, company);
  }
  for (const { company_ein, company_name } of list) {
    if (company_ein && !companies.has(company_ein)) companies.set(company_ein, { company_ein, company_name: company_name ?? company_ein });
  }
  const isOpen = (row) => source.open.includes(row.status);
  const pageOf = (ein) => `#company-${encodeURIComponent(ein)}`;

  // Lets a path or a long name break between its words: after a sign, not inside a word.
  function ease(cell) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) if (/[^\s]{16}/.test(walker.currentNode.data)) nodes.push(walker.currentNode);
    for (const node of nodes) {
      node.replaceWith(...node.data.split(/(?<=[/._|:@=-])/).flatMap((part) => [part, document.createElement("wbr")]));
    }
  }

  // A table stands as one block a row where its columns have no room; words are never broken for it.
  function fit(table) {
    table.classList.remove("stacked");
    if (!table.offsetParent || table.scrollWidth <= table.parentElement.clientWidth + 1) return;
    table.classList.add("stacked");
    const titles = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    for (const row of table.tBodies[0].rows) {
      if (row.cells.length !== titles.length || row.cells[0].dataset.label) continue;
      [...row.cells].forEach((cell, place) => {
        cell.dataset.label = titles[place];
        ease(cell);
      });
    }
  }
  const fitAll = () => document.querySelectorAll("table").forEach(fit);

  const severity = (row) => make("span", { class: `severity ${row.severity}` }, row.severity ?? NOTHING);

  function facts(entries) {
    const told = entries.filter(([, value]) => value && value !== NOTHING);
    return make("dl", { class: "facts" }, ...told.map(([title, value]) => make("div", {}, make("dt", {}, title), make("dd", {}, value))));
  }

  function evidence(row) {
    const place = make("div", { class: "evidence" });
    if (!row.evidence_relation || !row.evidence_filter) return place;
    const told = source.evidence[row.finding_id];
    const query = `select * from ${row.evidence_relation} where ${row.evidence_filter}`;
    if (told?.rows.length) {
      const some = told.rows.length < told.count ? `${told.rows.length} of ${number.format(told.count)}` : `${told.count}`;
      place.append(
        make("h4", {}, `Evidence: ${some} row${told.count === 1 ? "" : "s"} of ${row.evidence_relation}`),
        make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Evidence" }, make("table", {},
          make("thead", {}, make("tr", {}, ...told.columns.map(([title, kind]) => make("th", { scope: "col", class: kind }, title)))),
          make("tbody", {}, ...told.rows.map((values) => make("tr", {}, ...values.map((value, column) => make("td", { class: told.columns[column][1] }, value))))),
        )),
      );
    } else {
      const why = told ? "No row is there any more." : isOpen(row)
        ? `This page holds the rows of the ${number.format(source.evidenceOf)} worst open findings whose condition can be run.`
        : "This page holds the rows of open findings only.";
      place.append(make("p", { class: "left-out" }, why));
    }
    place.append(make("p", { class: "source" }, "The rows: ", make("code", {}, query)));
    return place;
  }

  function chart(kind, ein, title) {
    const place = make("figure", {});
    if (!kind || !ein) return place;
    const rows = data.companies.charts[ein]?.[kind === "company-gaps" ? "coverage" : "days"];
    const gaps = data.companies.charts[ein]?.gaps;
    if (!rows?.[Object.keys(rows)[0]].length && !(kind === "company-gaps" && gaps?.line.length)) {
      if (title) place.append(make("p", { class: "left-out" }, "No chart: this page holds those of the companies with the worst findings and the steepest spikes."));
      return place;
    }
    place.append(make("figcaption", {}, title), make("div", { class: "chart", "data-chart": kind }));
    return place;
  }
  const drawIn = (place, ein) => place.querySelectorAll("div.chart").forEach((spot) => draw(spot, ein));

  function detail(row) {
    const until = row.period_end ? `to ${day(row.period_end)}` : "and goes on";
    const decided = row.decision && `${row.decision} by ${row.decided_by ?? NOTHING}${row.decided_until ? ` until ${day(row.decided_until)}` : ""}${row.decision_note ? `: ${row.decision_note}` : ""}`;
    const name = companies.get(row.company_ein)?.company_name;
    const title = CHARTS[row.kind] === "company-costs" ? `${name}: claim cost of the window, and spike events` : `${name}: coverage and gaps, by plan type`;
    return make("div", { class: "told" },
      make("p", { class: "step" }, make("strong", {}, "Next step: "), row.next_step ?? NOTHING),
      facts([
        ["Contact", row.contact ?? "nobody is named"], ["About", row.subject],
        ["Period", row.period_start && `${day(row.period_start)} ${until}`], ["First found", day(row.first_found_at)],
        ["Last found", day(row.last_found_at)], ["Resolved", day(row.resolved_at)], ["Decision", decided],
        ["Number", make("a", { href: `#finding-${row.finding_id}` }, row.finding_id)],
        ["Company", row.company_ein && make("a", { href: pageOf(row.company_ein) }, `Page of ${name}`)],
      ]),
      chart(CHARTS[row.kind], row.company_ein, title),
      evidence(row),
    );
  }

  function toggle(button, row, wanted) {
    const line = button.closest("tr");
    const isShown = button.getAttribute("aria-expanded") === "true";
    if (isShown === wanted) return;
    button.setAttribute("aria-expanded", String(!isShown));
    if (isShown) {
      line.nextElementSibling.remove();
      return;
    }
    const told = detail(row);
    line.after(make("tr", { class: "detail" }, make("td", { colspan: line.cells.length }, told)));
    told.querySelectorAll("table").forEach(fit);
    drawIn(told, row.company_ein);
  }

  function lineOf(row) {
    const button = make("button", { type: "button", class: "opener", "aria-expanded": "false" }, row.summary ?? row.finding_id);
    button.addEventListener("click", () => toggle(button, row));
    const company = row.company_ein ? make("a", { href: pageOf(row.company_ein) }, companies.get(row.company_ein).company_name) : NOTHING;
    return make("tr", { id: `finding-${row.finding_id}` },
      make("td", {}, severity(row)), make("td", {}, words(row.status)), make("td", {}, button), make("td", {}, company),
      make("td", {}, make("div", {}, row.kind_title, make("span", { class: "subject" }, row.subject ?? ""))), make("td", { class: "money" }, dollars(row.money_at_stake)),
      make("td", { class: "date" }, day(row.period_start ?? row.first_found_at)), make("td", { class: "count" }, row.days_open === null ? NOTHING : number.format(row.days_open)),
    );
  }

  const form = find("#filters");
  let kept = [];
  let page = 0;

  const ASKED = {
    open: isOpen, new: (row) => ["new", "reopened"].includes(row.status),
    aside: (row) => ["accepted", "snoozed"].includes(row.status), resolved: (row) => row.status === "resolved",
  };

  function filter() {
    const { text, company, kind, severity: of, status, order } = Object.fromEntries(new FormData(form));
    const sought = text.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ASKED[status] ?? (() => true);
    kept = list.filter((row) => fits(row)
      && (!company || row.company_ein === company) && (!kind || row.kind === kind) && (!of || row.severity === of)
      && sought.every((word) => row.search.includes(word)));
    if (order) {
      const rank = (value) => (value === null ? -Infinity : value);
      const later = (one, other) => (rank(one[order]) < rank(other[order]) ? 1 : rank(one[order]) > rank(other[order]) ? -1 : 0);
      kept.sort(order === "first_found_at" ? (one, other) => (other[order] ?? "").localeCompare(one[order] ?? "") : later);
    }
    turn(0);
  }

  const size = () => (narrow.matches ? 10 : 25);

  function turn(to) {
    page = Math.max(0, Math.min(to, Math.ceil(kept.length / size()) - 1));
    const first = page * size();
    const lines = kept.slice(first, first + size());
    const table = find("#findings-table");
    table.tBodies[0].replaceChildren(...lines.map(lineOf));
    table.hidden = !kept.length;
    const stake = kept.reduce((sum, row) => sum + Math.round((row.money_at_stake ?? 0) * 100), 0) / 100;
    find("#shown").textContent = kept.length
      ? `${number.format(kept.length)} of ${number.format(list.length)} findings, ${money.format(stake)} at stake` : "No finding is so.";
    find("#place").textContent = kept.length ? `${number.format(first + 1)} to ${number.format(first + lines.length)} of ${number.format(kept.length)}` : "";
    find("#previous").disabled = page === 0;
    find("#next").disabled = first + lines.length >= kept.length;
    fit(table);
  }

  // As the macro spreadsheet_safe: a text that a spreadsheet would take for a formula gets an apostrophe.
  const FORMULA = /(^|[;\t\r\n])([\s\p{Z}\p{Cc}\p{Cf}"]*[=+@＝＋－＠-]|[\t\r])/gu;
  function cell(value, name) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return name === "money_at_stake" ? value.toFixed(2) : String(value);
    const text = /^[+-]?[0-9]+([.][0-9]+)?$/.test(value) ? value : value.replace(FORMULA, "$1'$2");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function download() {
    const lines = [source.columns, ...kept.map((row) => source.columns.map((name) => cell(row[name], name)))];
    const file = new Blob([`${lines.map((line) => line.join(",")).join("\r\n")}\r\n`], { type: "text/csv" });
    const link = make("a", { href: URL.createObjectURL(file), download: "findings.csv" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  function showFinding(id) {
    const row = list.find((each) => each.finding_id === id);
    if (!row) return;
    if (!kept.includes(row)) {
      form.reset();
      form.elements.status.value = isOpen(row) ? "open" : "";
      filter();
    }
    turn(Math.floor(kept.indexOf(row) / size()));
    const line = document.getElementById(`finding-${id}`);
    const button = line.querySelector("button");
    toggle(button, row, true);
    line.scrollIntoView();
    button.focus({ preventScroll: true });
  }

  function showCompany(company) {
    const ein = company.company_ein;
    const own = list.filter((row) => row.company_ein === ein);
    const open = own.filter(isOpen);
    const stake = open.reduce((sum, row) => sum + Math.round((row.money_at_stake ?? 0) * 100), 0) / 100;
    const shown = open.slice(0, 100);
    const print = make("button", { type: "button" }, "Print this page");
    print.addEventListener("click", () => window.print());
    const place = find("#company");
    place.replaceChildren(
      make("p", { class: "back" }, make("a", { href: "#top" }, "Back to all findings"), " ", print),
      make("h2", { id: "company-title" }, company.company_name),
      facts([
        ["EIN", ein], ["Open findings", number.format(open.length)], ["At stake", money.format(stake)],
        ["Resolved or set aside", number.format(own.length - open.length)],
        ["Persons expected", company.expected?.toLocaleString("en-US")], ["Persons observed", company.observed?.toLocaleString("en-US")],
        ["Contact", [...new Set(own.map((row) => row.contact).filter(Boolean))].join(" · ")],
        ["Claims and coverage as of", find("#as-of").textContent],
      ]),
      make("h3", {}, "Open findings"),
      shown.length
        ? make("table", { id: "company-table" },
          make("thead", {}, make("tr", {}, ...["Severity", "Status", "Finding", "About", "Next step", "Contact"].map((title) => make("th", { scope: "col" }, title)), make("th", { scope: "col", class: "money" }, "At stake"))),
          make("tbody", {}, ...shown.map((row) => make("tr", {}, make("td", {}, severity(row)), make("td", {}, words(row.status)),
            make("td", {}, make("a", { href: `#finding-${row.finding_id}` }, row.summary ?? row.finding_id)), make("td", {}, row.subject ?? NOTHING), make("td", {}, row.next_step ?? NOTHING),
            make("td", {}, row.contact ?? NOTHING), make("td", { class: "money" }, dollars(row.money_at_stake))))))
        : make("p", { class: "empty" }, source ? "No finding is open." : "This database has no list of findings."),
      shown.length < open.length ? make("p", { class: "left-out" }, `The worst ${shown.length} of ${number.format(open.length)} are shown; the list of all findings has them all.`) : "",
      chart("company-gaps", ein, "Coverage and gaps, by plan type"),
      chart("company-costs", ein, "Claim cost of the window, and spike events"),
    );
    place.hidden = false;
    place.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    drawIn(place, ein);
    fitAll();
  }

  function follow() {
    let wanted = "";
    try {
      wanted = decodeURIComponent(location.hash.slice(1));
    } catch { /* no place of this page */ }
    const company = wanted.startsWith("company-") ? companies.get(wanted.slice("company-".length)) : undefined;
    const was = document.body.classList.contains("one-company");
    document.body.classList.toggle("one-company", Boolean(company));
    if (company) return showCompany(company);
    find("#company").hidden = true;
    if (was) {
      fitAll();
      drawAll();
      if (wanted) document.getElementById(wanted)?.scrollIntoView();
    }
    if (source && wanted.startsWith("finding-")) showFinding(wanted.slice("finding-".length));
  }

  // Names repeat: then the EIN tells them apart.
  const times = new Map();
  for (const { company_name } of companies.values()) times.set(company_name, (times.get(company_name) ?? 0) + 1);
  const option = ({ company_ein, company_name }) => make("option", { value: company_ein }, times.get(company_name) > 1 ? `${company_name} (${company_ein})` : company_name);
  find("#company-choice").append(...[...companies.values()].map(option));
  find("#company-choice").addEventListener("change", (event) => {
    if (event.target.value) location.hash = pageOf(event.target.value);
    event.target.value = "";
  });
  if (source) {
    const about = new Set(list.map((row) => row.company_ein));
    form.elements.company.append(...[...companies.values()].filter((company) => about.has(company.company_ein)).map(option));
    form.elements.kind.append(...Object.entries(source.kinds).map(([kind, title]) => make("option", { value: kind }, title)));
    const grades = [...new Set(list.map((row) => row.severity))];
    form.elements.severity.append(...["Critical", "High", "Medium", "Low"].filter((grade) => grades.includes(grade)).map((grade) => make("option", { value: grade }, grade)));
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    find("#clear").addEventListener("click", () => {
      form.reset();
      filter();
    });
    find("#previous").addEventListener("click", () => turn(page - 1));
    find("#next").addEventListener("click", () => turn(page + 1));
    find("#download").addEventListener("click", download);
    document.querySelectorAll("[data-status]").forEach((link) => link.addEventListener("click", () => {
      form.reset();
      form.elements.status.value = link.dataset.status;
      filter();
    }));
    narrow.addEventListener("change", () => turn(0));
    filter();
  }
  document.querySelectorAll("details").forEach((one) => one.addEventListener("toggle", () => one.querySelectorAll("table").forEach(fit)));
  window.addEventListener("resize", fitAll);
  window.addEventListener("hashchange", follow);
  fitAll();
  follow();
})();
