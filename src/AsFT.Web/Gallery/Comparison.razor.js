// Brings the whole curves of the chosen runs into the charts, each under its run's id; later what came since.
import { clear, feed } from "../Shared/CurveChart.razor.js";

export async function show(runs, anew) {
  if (anew) clear();
  await Promise.all(runs.map(async (run) => {
    const response = await fetch(`/api/v1/runs/${run}/metrics`);
    if (response.ok) for (const s of await response.json()) feed(`${run}|${s.name}`, s.steps, s.epochs, s.values);
  }));
}
