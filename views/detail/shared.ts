/** Lines that several kinds share. */
import type { Replicas } from '../../src/domain/objects.ts';
import { type DetailLine, field } from './line.ts';

/** What is wrong and what is waited for. */
export function problemLines(
  row: { problem?: { severity: string; text: string; since?: number }; waiting?: string } | undefined,
) {
  if (!row) return [];
  return [
    ...field('problem', row.problem?.text, {
      tone: row.problem?.severity === 'bad' ? 'bad' : 'warn',
      since: row.problem?.since,
    }),
    ...field('waiting on', row.waiting, { tone: 'busy' }),
  ];
}

/** Replica figures; what was not reported says so. */
export function replicaLines(replicas: Replicas): DetailLine[] {
  const shown = (value: number | undefined) => value ?? 'not reported';
  return [
    ...field('desired', shown(replicas.desired)),
    ...field('machines now', shown(replicas.current)),
    ...field('up to date', shown(replicas.upToDate)),
    ...field('ready', shown(replicas.ready)),
    ...field('available', shown(replicas.available)),
  ];
}

/** `host:port`. */
export function endpointText(endpoint: { host?: string; port?: number } | undefined): string | undefined {
  return endpoint?.host ? `${endpoint.host}${endpoint.port ? `:${endpoint.port}` : ''}` : undefined;
}
