/**
 * The fields of real Cluster API objects, and what is always in them, against those of the simulated ones in the same world:
 * as somebody's manifest is stored, as controllers make them, and as they are left. Who manages which field cannot be
 * compared: the recordings do not tell.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { type Kind, kinds } from '../../src/simulator/controllers/kinds.ts';
import { wireOf } from '../../src/simulator/controllers/versions/wire.ts';
import { openLab } from './harness.ts';
import { type Entry, type Recorded, recording } from './recorded.ts';
import { shapeDifferences } from './recorded-compare.ts';
import { type Replay, replay } from './recorded-replay.ts';

describe.each(['v1beta1', 'v1beta2'] as const)('objects of %s', (version) => {
  let told: Replay;

  beforeAll(async () => {
    told = await replay(version);
  }, 60_000);

  it('are stored as real webhooks complete them', async () => {
    const lab = await openLab({ empty: true, clusterApi: version, groups: [] });
    const lines: string[] = [];
    const asked = recording(version).flatMap(({ applied, object }) => (applied && object ? [{ applied, object }] : []));
    for (const { applied, object } of asked) {
      const kind = kindOf(object);
      const path = `/apis/${object.apiVersion}/namespaces/cpaas-system/${kind.plural}`;
      const body = wireOf(version).encode(kind, applied);
      const made: Recorded = await lab.management.json({ method: 'POST', path, body });
      const difference = shapeDifferences({ spec: specOf(object) }, { spec: specOf(made) });
      lines.push(...difference.map((line) => `${object.kind} ${line}`));
    }
    await lab.stop();
    const kindsAsked = new Set(asked.map(({ object }) => object.kind));
    expect(kindsAsked).toEqual(new Set(['Cluster', 'KubeadmControlPlane', 'MachineDeployment']));
    expect(lines.filter((line) => !changedSince.some((one) => one.test(line)))).toEqual([]);
  });

  it('are made with the same fields', () => {
    const [real, simulated] = [made(told.real), made(told.simulated)];
    const lines = [...real].flatMap(([key, object]) =>
      shapeDifferences(object, simulated.get(key)).map((line) => `${key} | ${line}`),
    );
    expect(lines).toEqual([]);
    expect(new Set([...real.values()].map(({ kind }) => kind))).toEqual(
      new Set(['KubeadmConfig', 'BaremetalMachine', 'Machine', 'MachineSet']),
    );
  });

  it('of the infrastructure are left as Cluster API writes on them', () => {
    const [real, simulated] = [last(told.real), last(told.simulated)];
    // What its status says is the stand-in's.
    const ours = ({ metadata, spec }: Recorded & { spec?: unknown }) => ({ metadata, spec });
    const lines = [...real].flatMap(([key, object]) =>
      shapeDifferences(ours(object), ours(simulated.get(key)!)).map((line) => `${key} | ${line}`),
    );
    expect(lines).toEqual([]);
    expect(real.size).toBeGreaterThan(4);
  });

  it('are told of in Events with the same fields', () => {
    const [real, simulated] = [eventShapes(told.real), eventShapes(told.simulated)];
    expect([...simulated]).toEqual([...real]);
    expect(real.size).toBeGreaterThan(0);
  });
});

/** What somebody or a controller had changed of it before the recording began. */
const changedSince = [
  /^Cluster \.spec\.controlPlaneEndpoint\.(host: 127\.0\.0\.1 -> (undefined)?|port: \d+ -> (0|undefined))$/,
  /^MachineDeployment \.spec\.template\.spec\.infrastructureRef\.name: prod-worker-template-2 -> prod-worker-template$/,
];

const kindOf = (object: Recorded): Kind =>
  Object.values(kinds).find(({ kind }) => kind === object.kind) as unknown as Kind;

const specOf = (object: Recorded): unknown => (object as Recorded & { spec?: unknown }).spec;

/** What was made since the story began, as it was made. */
function made(entries: readonly Entry[]): Map<string, Recorded> {
  const begin = entries.findIndex(({ story }) => story !== undefined);
  const found = new Map<string, Recorded>();
  for (const { type, object } of entries.slice(begin)) {
    if (type === 'ADDED' && object && object.kind !== 'Event')
      found.set(`${object.kind}/${object.metadata.name}`, object);
  }
  return found;
}

/** The infrastructure of the Machines that are there in the end. */
function last(entries: readonly Entry[]): Map<string, Recorded> {
  const living = new Map<string, Recorded>();
  for (const { type, object } of entries) {
    if (object?.kind !== 'BaremetalMachine') continue;
    if (type === 'DELETED') living.delete(object.metadata.name);
    else living.set(object.metadata.name, object);
  }
  return living;
}

/** The fields that Events have. */
function eventShapes(entries: readonly Entry[]): Set<string> {
  const paths = (object: unknown, at = ''): string[] =>
    typeof object === 'object' && object !== null
      ? Object.entries(object).flatMap(([key, inner]) => paths(inner, `${at}.${key}`))
      : [at];
  const begin = entries.findIndex(({ story }) => story !== undefined);
  const events = entries.slice(begin).flatMap(({ object }) => (object?.kind === 'Event' ? [object] : []));
  return new Set(
    events.map((event) =>
      paths(event)
        .filter((path) => !path.includes('managedFields'))
        .sort()
        .join(' '),
    ),
  );
}
