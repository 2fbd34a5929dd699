import type { AppRelease, ReleaseChart } from '../objects.ts';
import { at, get, list, rec, time, word } from '../read.ts';
import { readConditions, withConditions } from './conditions.ts';
import { readMeta } from './meta.ts';

/** An AppRelease has one chart or a handful. */
const CHART_CAP = 32;

/** Charts by name. The status is documented in words only: a list with names and a map by name are both taken. */
function readInstalled(value: unknown): Map<string | undefined, string | undefined> {
  const found = new Map<string | undefined, string | undefined>();
  for (const item of list(value, CHART_CAP)) found.set(word(get(item, 'name')), word(get(item, 'installedRevision')));
  for (const key of Object.keys(rec(value)).slice(0, CHART_CAP)) {
    found.set(word(key), word(at(value, key, 'installedRevision')));
  }
  return found;
}

function readCharts(raw: unknown): ReleaseChart[] {
  const status = get(raw, 'status');
  const installed = readInstalled(get(status, 'charts'));
  const only = word(get(status, 'installedRevision'));
  const wanted = list(at(raw, 'spec', 'source', 'charts'), CHART_CAP);
  return wanted.map((chart) => {
    const name = word(get(chart, 'name'));
    const alias = word(get(chart, 'releaseName'));
    return {
      name,
      targetRevision: word(get(chart, 'targetRevision')),
      installedRevision:
        installed.get(name) ??
        (alias === undefined ? undefined : installed.get(alias)) ??
        (wanted.length === 1 ? (only ?? (installed.size === 1 ? [...installed.values()][0] : undefined)) : undefined),
    };
  });
}

/** The phase of the only chart: the platform reports it of each chart (its public code reads `status.charts.<name>`). */
function readPhase(raw: unknown): string | undefined {
  const whole = word(at(raw, 'status', 'phase'));
  const charts = get(get(raw, 'status'), 'charts');
  const each = [...list(charts, CHART_CAP), ...Object.values(rec(charts)).slice(0, CHART_CAP)];
  const phases = each.flatMap((chart) => word(get(chart, 'phase')) ?? []);
  return whole ?? phases.find((phase) => phase !== 'Success') ?? phases[0];
}

/** Of those who manage fields of the spec, the last one's time. */
function readWritten(raw: unknown): number | undefined {
  const times = list(at(raw, 'metadata', 'managedFields'), 32).flatMap((entry) => {
    const spec = get(get(entry, 'fieldsV1'), 'f:spec') !== undefined && get(entry, 'subresource') !== 'status';
    return spec ? (time(get(entry, 'time')) ?? []) : [];
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

/** An AppRelease; `undefined` without uid or name. Its values, which may hold passwords, are not kept. */
export function projectAppRelease(raw: unknown): AppRelease | undefined {
  const meta = readMeta('appRelease', raw);
  if (!meta) return undefined;
  return withConditions(
    { ...meta, charts: readCharts(raw), phase: readPhase(raw), written: readWritten(raw) },
    readConditions(at(raw, 'status', 'conditions')),
  );
}
