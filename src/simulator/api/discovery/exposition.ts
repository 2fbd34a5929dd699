/** Prometheus' text format. */

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A family of samples, in order; nothing where there is none. `at`: when they were measured, Unix time in ms, where that is told. */
export function family(name: string, help: string, samples: readonly Sample[], type = 'gauge', at?: number): string {
  const time = at === undefined ? '' : ` ${Math.round(at)}`;
  const lines = samples.map(([labels, value]) => {
    const told = Object.entries(labels)
      .sort(([a], [b]) => (b === 'le' || (a !== 'le' && a < b) ? -1 : 1))
      .map(([label, text]) => `${label}=${JSON.stringify(text)}`);
    return `${name}${told.length > 0 ? `{${told.join(',')}}` : ''} ${value}${time}`;
  });
  return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.sort().join('\n')}\n`;
}
