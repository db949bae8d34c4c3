// Draws what a figure holds as numbers: data-chart is {"x": [seconds], "y": [[…, -1 for none]], "names": […], "inks": […], "steps": true}.
// The table beside it says the same to those who do not see it.
(() => {
  "use strict";
  if (!window.uPlot) return;
  const charts = new Map();
  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  const width = (figure) => figure.clientWidth - 16; // less what lies around it
  const height = (figure) => figure.clientHeight - figure.querySelector("figcaption").offsetHeight - 46; // of the legend

  // When in UTC, as everywhere on the pages: the day where days lie between, else the time, and the day with the first.
  function when(_, all, __, ___, between) {
    const day = (at) => `${at.getUTCDate()} ${at.toLocaleString("en", { month: "short", timeZone: "UTC" })}`;
    return all.map((seconds, i) => {
      const at = new Date(seconds * 1000), time = at.toISOString().slice(11, between < 60 ? 19 : 16);
      return between >= 86400 ? day(at) : i && time > "00:00:00" ? time : `${time}\n${day(at)}`;
    });
  }

  const whole = [1, 2, 5].flatMap((n) => [...Array(6).keys()].map((zeros) => n * 10 ** zeros)).sort((a, b) => a - b); // of criteria there are no halves

  function draw(figure) {
    charts.get(figure)?.destroy();
    let told;
    try { told = JSON.parse(figure.dataset.chart); } catch { return; }
    const axis = { stroke: ink("quiet"), grid: { stroke: ink("line"), width: 1 }, ticks: { stroke: ink("line"), width: 1 } };
    const paths = told.steps ? uPlot.paths.stepped({ align: 1 }) : undefined;
    const series = told.names.map((label, i) => ({
      label, paths, stroke: ink(told.inks[i]), width: 2, dash: told.dashed?.[i] ? [6, 5] : undefined, spanGaps: false, points: { show: !told.steps && told.x.length < 40 },
    }));
    charts.set(figure, new uPlot({
      width: width(figure), height: height(figure), legend: { live: false }, cursor: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: { y: { range: (_, low, high) => [0, Math.max(1, high * 1.05)] } },
      padding: [null, 24, null, null], // for the half of the last day's name
      axes: [{ ...axis, values: when }, { ...axis, size: 44, incrs: whole }], series: [{}, ...series],
    }, [told.x, ...told.y.map((all) => all.map((n) => (n < 0 ? null : n)))], figure));
  }

  const wide = new ResizeObserver((all) => { for (const { target } of all) charts.get(target)?.setSize({ width: width(target), height: height(target) }); });
  function all() {
    wide.disconnect();
    for (const [figure, chart] of charts) if (!figure.isConnected) { chart.destroy(); charts.delete(figure); }
    for (const figure of document.querySelectorAll("[data-chart]")) { draw(figure); wide.observe(figure); }
  }
  all();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  document.addEventListener("htmx:afterSwap", all);
})();
