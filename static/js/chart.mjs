// SPDX-License-Identifier: Apache-2.0
import { each } from "./each.mjs";

/**
 * Draw a chart from the table beside it, so that both say the same and the page is whole without script.
 *
 * First column: names; every further column: one series. `data-chart` is bar, stack, line or box (then the five columns
 * are minimum, lower quartile, median, upper quartile, maximum).
 */
const library = () => import(new URL("../vendor/echarts/echarts.esm.min.mjs", import.meta.url));

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--y-${name}`).trim();

const number = (cell) => {
  const text = (cell.dataset.value ?? cell.textContent).trim().replace(/,/g, "").replace("−", "-");
  return text === "" || Number.isNaN(Number(text)) ? null : Number(text);
};

function read(table) {
  const [, ...series] = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => ({
    name: row.cells[0].textContent.trim(),
    values: [...row.cells].slice(1).map(number),
  }));
  return { series, rows };
}

function drawing(kind, { series, rows }) {
  const ink = token("ink");
  const quiet = { color: token("ink-2"), fontFamily: token("font") };
  const colours = ["celadon", "thread", "info", "warn", "cold", "good"].map(token);
  const wrapped = rows.length <= 12 ? { interval: 0, width: 76, overflow: "break" } : {};
  const names = { type: "category", data: rows.map((row) => row.name), axisLabel: { ...quiet, ...wrapped }, axisLine: { lineStyle: { color: token("line-2") } }, axisTick: { show: false } };
  const values = { type: "value", axisLabel: quiet, splitLine: { lineStyle: { color: token("line") } }, scale: kind === "box" };
  const base = {
    animation: false,
    color: colours,
    textStyle: { color: ink, fontFamily: token("font") },
    grid: { left: 8, right: 16, top: series.length > 1 && kind !== "box" ? 40 : 16, bottom: 8, containLabel: true },
    tooltip: { trigger: kind === "box" ? "item" : "axis", renderMode: "richText", confine: true, backgroundColor: token("surface"), borderColor: token("line-2"), textStyle: { color: ink } },
    xAxis: names,
    yAxis: values,
  };
  if (kind === "box") {
    const box = { color: token("celadon-soft"), borderColor: token("celadon"), borderWidth: 1.5 };
    return { ...base, series: [{ type: "boxplot", data: rows.map((row) => row.values.slice(0, 5)), itemStyle: box, boxWidth: [8, 36] }] };
  }
  return {
    ...base,
    legend: series.length > 1 ? { top: 0, left: 0, textStyle: quiet, icon: "roundRect" } : undefined,
    aria: { enabled: true, decal: { show: series.length > 1 && kind !== "line" } },
    series: series.map((name, at) => ({
      name,
      type: kind === "line" ? "line" : "bar",
      stack: kind === "stack" ? "all" : undefined,
      barMaxWidth: 36,
      symbolSize: 6,
      data: rows.map((row) => row.values[at]),
    })),
  };
}

async function draw(figure) {
  const table = figure.querySelector("table");
  const place = figure.querySelector("[data-chart-place]");
  if (!table || !place) return;
  const echarts = await library();
  place.hidden = false;
  const chart = echarts.init(place, null, { renderer: "svg" });
  const show = () => chart.setOption(drawing(figure.dataset.chart, read(table)), true);
  show();
  new ResizeObserver(() => chart.resize()).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
}

export function start(root) {
  each(root, "[data-chart]", draw);
}
