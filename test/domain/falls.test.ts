import { describe, expect, it } from 'vitest';
import { attentionNow } from '../../src/domain/explain/attention.ts';
import { explain } from '../../src/domain/explain/explain.ts';
import { NOTHING_SEEN } from '../../src/domain/explain/facts.ts';
import { CALM_MS, type Falls, flapping, keepFalls, NO_FALLS, WITHIN_MS } from '../../src/domain/falls.ts';
import { createFleet } from '../../src/domain/fleet/index.ts';
import type { Fleet } from '../../src/domain/fleet/rows.ts';
import type { Change } from '../../src/domain/objects.ts';
import { at, bmm, condition, machine, type Raw, set, smallFleet, T0 } from './fixtures.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const UID = 'Machine/w3';

type Word = 'up' | 'down' | 'silent' | 'blind' | 'deleting' | 'gone';
/** What a Machine says of its node, and since when (seconds after the beginning). */
type Said = readonly [second: number, word: Word, since?: number];

function said(word: Word, since: number): Raw {
  const more = { lastTransitionTime: at(since) };
  const one = (status: string, reason: string) => [
    condition('Ready', status, reason, more),
    condition('NodeHealthy', status, reason, more),
  ];
  switch (word) {
    case 'down':
      return machine('w3', 'Running', { conditions: one('False', 'NodeConditionsFailed') });
    case 'silent':
      return machine('w3', 'Running', { conditions: one('Unknown', 'NodeConditionsFailed') });
    case 'blind':
      return machine('w3', 'Running', { conditions: one('Unknown', 'ConnectionDown') });
    case 'deleting':
      return machine('w3', 'Deleting', {
        conditions: one('False', 'NodeConditionsFailed'),
        meta: { deletionTimestamp: at(since) },
      });
    default:
      return machine('w3', 'Running', { conditions: one('True', 'NodeReady') });
  }
}

/** Looks on while one node's words change; what was seen, and the last picture. */
function lookOn(words: readonly Said[]) {
  const index = createFleet();
  index.apply(smallFleet().map(set));
  let fleet = createFleet().snapshot();
  let falls: Falls = NO_FALLS;
  const look = (second: number) => {
    const now = index.snapshot();
    falls = keepFalls(falls, fleet, now, T0 + second * SECOND);
    fleet = now;
  };
  look(0);
  let version = 1;
  for (const [second, word, since = second] of words) {
    version += 1;
    const raw = said(word, since);
    (raw.metadata as Raw).resourceVersion = `${version}`;
    index.apply([word === 'gone' ? { type: 'delete', kind: 'machine', uid: UID, name: 'w3' } : set(raw)]);
    look(second);
  }
  return { falls, fleet };
}

const fallsOf = (words: readonly Said[]) =>
  (lookOn(words).falls.get(UID) ?? []).map(({ at: fell, back }) => [
    (fell - T0) / SECOND,
    back === undefined ? undefined : (back - T0) / SECOND,
  ]);

describe('the falls of a node', () => {
  it.each<[string, readonly Said[], unknown[]]>([
    ['none where it stays up', [[60, 'up', 0]], []],
    ['one that lasts', [[60, 'down']], [[60, undefined]]],
    [
      'one it came back from',
      [
        [60, 'down'],
        [180, 'up'],
      ],
      [[60, 180]],
    ],
    [
      'the time of the condition, not of our look',
      [
        [75, 'down', 60],
        [200, 'up', 180],
      ],
      [[60, 180]],
    ],
    [
      'silence, and then a no, are one',
      [
        [60, 'silent'],
        [90, 'down'],
        [180, 'up'],
      ],
      [[60, 180]],
    ],
    [
      'two',
      [
        [60, 'down'],
        [180, 'up'],
        [300, 'down'],
      ],
      [
        [60, 180],
        [300, undefined],
      ],
    ],
    [
      'one that was over before we looked again',
      [
        [60, 'up', 0],
        [400, 'up', 300],
      ],
      [[300, 300]],
    ],
    [
      'a connection that is down tells nothing of the node',
      [
        [60, 'blind'],
        [180, 'up', 0],
      ],
      [],
    ],
    [
      'nor that it came back',
      [
        [60, 'down'],
        [90, 'blind'],
        [120, 'down', 60],
      ],
      [[60, undefined]],
    ],
    ['a machine that goes takes its node along', [[60, 'deleting']], []],
    [
      'of a machine that is gone nothing is kept',
      [
        [60, 'down'],
        [90, 'gone'],
      ],
      [],
    ],
  ])('%s', (_, words, expected) => {
    expect(fallsOf(words)).toEqual(expected);
  });

  it('stay the same object where nothing fell', () => {
    const { falls, fleet } = lookOn([[60, 'down']]);
    expect(keepFalls(falls, fleet, fleet, T0)).toBe(falls);
  });
});

describe('a node that flaps', () => {
  const judge = (list: [number, number?][], now: number) =>
    flapping(
      list.map(([fell, back]) => ({
        at: T0 + fell * MINUTE,
        back: back === undefined ? undefined : T0 + back * MINUTE,
      })),
      T0 + now * MINUTE,
    );
  const within = WITHIN_MS / MINUTE;
  const calm = CALM_MS / MINUTE;

  it.each<[string, [number, number?][], number, number | undefined]>([
    ['has fallen more than once', [[0, 2]], 3, undefined],
    ['at its second fall', [[0, 2], [4]], 4, 2],
    [
      'and between two falls',
      [
        [0, 2],
        [4, 6],
      ],
      7,
      2,
    ],
    [
      'until it was up for long enough',
      [
        [0, 2],
        [4, 6],
      ],
      6 + calm - 1,
      2,
    ],
    [
      'and not for longer',
      [
        [0, 2],
        [4, 6],
      ],
      6 + calm,
      undefined,
    ],
    ['but as long as it is down', [[0, 2], [4]], 4 + 10 * calm, 2],
    ['two falls far apart are two matters', [[0, 2], [within + 1]], within + 1, undefined],
    ['only the falls of this series count', [[0, 2], [within + 1, within + 2], [within + 4]], within + 5, 2],
  ])('%s', (_, list, now, count) => {
    expect(judge(list, now)?.falls.length).toBe(count);
  });
});

describe('a host that comes and goes', () => {
  const twice: readonly Said[] = [
    [60, 'silent'],
    [180, 'up'],
    [300, 'silent'],
    [420, 'up'],
  ];

  it('stays in attention between two falls, with their times, until it is calm', () => {
    const { falls, fleet } = lookOn(twice);
    const seen = { ...NOTHING_SEEN, falls };
    const now = T0 + 480 * SECOND;
    expect(fleet.attention).toEqual([]);
    const [cause, ...others] = attentionNow(fleet, now, seen);
    expect(others).toEqual([]);
    expect(cause).toMatchObject({ id: 'node-flapping', ref: { kind: 'machine', name: 'w3' }, since: T0 + 60 * SECOND });
    expect(cause?.text).toBe('node comes and goes: fell 2 times in 4m, up since 01:07Z; listed until 01:37Z');
    const told = explain(fleet, cause!.ref, now, seen);
    expect(told?.what).toMatch(/2 times.* is up/);
    expect(told?.evidence.map(({ says, at: when }) => [says, when])).toEqual(
      expect.arrayContaining([
        ['fell 01:05:00Z, back after 2m', T0 + 300 * SECOND],
        ['fell 01:01:00Z, back after 2m', T0 + 60 * SECOND],
      ]),
    );
    expect(attentionNow(fleet, T0 + 420 * SECOND + CALM_MS, seen)).toEqual([]);
    expect(attentionNow(fleet, now)).toEqual([]);
  });

  it('is one cause with its present fall, and shows at its host', () => {
    const { falls, fleet } = lookOn([...twice, [540, 'silent']]);
    const seen = { ...NOTHING_SEEN, falls };
    const now = T0 + 560 * SECOND;
    expect(attentionNow(fleet, now, seen).map(({ id, text }) => `${id}: ${text}`)).toEqual([
      'node-flapping: node comes and goes: fell 3 times in 8m, down since 01:09Z',
    ]);
    const host = fleet.hosts.list.find(({ name }) => name === 'h3')!;
    expect(explain(fleet, { kind: 'host', uid: host.uid, name: host.name }, now, seen)).toMatchObject({
      id: 'node-flapping',
      root: { kind: 'machine', name: 'w3' },
    });
  });
});

describe('a host whose machine is replaced', () => {
  const HOST = 'MachineInventory/h3';
  const started: readonly Said[] = [
    [60, 'silent'],
    [180, 'up'],
    [300, 'silent'],
  ];

  /** Goes on after the machine is gone: another one on the same host, as it says of its node. */
  function replaced(words: readonly (readonly [number, Raw])[]) {
    const index = createFleet();
    const raws = smallFleet().filter((raw) => (raw['metadata'] as { name: string }).name !== 'w3');
    const before = lookOn([...started, [360, 'gone']]);
    let { falls, fleet } = before;
    index.apply(raws.map(set));
    for (const [second, raw] of words) {
      index.apply([bmm('w9', 'h3', 'Running'), raw].map(set));
      const now = index.snapshot();
      falls = keepFalls(falls, fleet, now, T0 + second * SECOND);
      fleet = now;
    }
    return { falls, fleet, before };
  }
  const fresh = (phase: string, ...conditions: Raw[]) =>
    machine('w9', phase, { conditions, meta: { creationTimestamp: at(400) } });
  const node = (status: string, since: number) =>
    condition('NodeHealthy', status, 'NodeConditionsFailed', { lastTransitionTime: at(since) });
  const told = ({ falls, fleet }: { falls: Falls; fleet: Fleet }, second: number) => {
    const seen = { ...NOTHING_SEEN, falls };
    const now = T0 + second * SECOND;
    return {
      host: explain(fleet, { kind: 'host', uid: HOST, name: 'h3' }, now, seen)?.id,
      listed: attentionNow(fleet, now, seen).map(({ id, ref }) => `${id} ${ref.name}`),
    };
  };

  it("keeps its falls: they are the host's", () => {
    const { before } = replaced([]);
    expect([...before.falls.keys()]).toEqual([HOST]);
    expect(before.falls.get(HOST)).toMatchObject([{ back: T0 + 180 * SECOND }, { back: T0 + 360 * SECOND }]);
  });

  it('keeps them where the machine lets go of its host before it is gone', () => {
    const index = createFleet();
    index.apply(smallFleet().map(set));
    let fleet = createFleet().snapshot();
    let falls: Falls = NO_FALLS;
    const look = (second: number, ...changes: Change[]) => {
      index.apply(changes);
      const now = index.snapshot();
      falls = keepFalls(falls, fleet, now, T0 + second * SECOND);
      fleet = now;
    };
    look(0);
    look(60, set(said('silent', 60)));
    look(120, set(said('deleting', 120)));
    look(180, { type: 'delete', kind: 'baremetalMachine', uid: 'BaremetalMachine/w3', name: 'w3' });
    expect(falls.get(HOST)).toEqual([{ at: T0 + 60 * SECOND, back: T0 + 180 * SECOND }]);
    look(240, { type: 'delete', kind: 'machine', uid: UID, name: 'w3' });
    expect([...falls.keys()]).toEqual([HOST]);
  });

  it('counts no fall twice that is known of both', () => {
    const before = replaced([[420, fresh('Provisioning')]]);
    const own = before.falls.get('Machine/w9')!;
    const known: Falls = new Map([
      [HOST, own],
      ['Machine/w9', own],
    ]);
    expect(keepFalls(known, createFleet().snapshot(), before.fleet, T0).get('Machine/w9')).toEqual(own);
  });

  it('is told as the host, and not as the machine that was given it', () => {
    const joining = replaced([[420, fresh('Provisioning')]]);
    expect(told(joining, 430)).toEqual({ host: 'host-flapping', listed: ['host-flapping h3'] });
    // However long that one takes to come up.
    expect(told(joining, 7_200).host).toBe('host-flapping');
    const fell = replaced([
      [420, fresh('Provisioning')],
      [500, fresh('Running', node('True', 500))],
      [600, fresh('Running', node('False', 600))],
    ]);
    expect(told(fell, 610).listed).toEqual(['host-flapping h3']);
    expect(fell.falls.get('Machine/w9')).toHaveLength(3);
  });

  it('is forgotten once another node on it was up for long enough', () => {
    const up = replaced([
      [420, fresh('Provisioning')],
      [500, fresh('Running', node('True', 500))],
    ]);
    expect(told(up, 600).host).toBe('host-flapping');
    expect(told(up, 360 + CALM_MS / SECOND)).toEqual({ host: undefined, listed: [] });
  });
});
