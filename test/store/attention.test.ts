/** What is new to whoever looks: not what somebody is at already. */
import { expect, it } from 'vitest';
import { NOTHING_LEARNT } from '../../src/domain/durations/learnt.ts';
import { createFleet } from '../../src/domain/fleet/index.ts';
import { attentionOf } from '../../src/store/attention.ts';
import { createAppStore } from '../../src/store/store.ts';
import * as raw from '../domain/fixtures.ts';

const session = {
  id: 'one',
  title: 'Upgrade prod from v1.33.7 to v1.34.5',
  ask: { guide: 'upgrade', targets: [{ kind: 'cluster' as const, uid: 'u', name: 'prod' }], values: {} },
  by: 'ana',
  began: raw.T0,
  mine: false,
  here: true,
};

it.each([
  ['new where nobody is at it', [], true],
  ['not new in the midst of an upgrade', [session], false],
])('workers behind their control plane are %s', (_what, sessions, fresh) => {
  const fleet = createFleet();
  const ahead = raw.controlPlane(
    'control-plane',
    3,
    { ...raw.settled(3), version: 'v1.34.5' },
    { spec: { replicas: 3, version: 'v1.34.5' } },
  );
  fleet.apply([...raw.smallFleet().filter((each) => raw.kindOfRaw(each) !== 'controlPlane'), ahead].map(raw.set));
  const store = createAppStore({} as never, fleet.snapshot(), raw.T0);
  store.setState({ sessions, looked: new Map(), learnt: NOTHING_LEARNT });
  const items = attentionOf({ ...store.getState(), now: raw.T0 + 30_000 });
  expect(items.find(({ id }) => id === 'workers-behind')).toMatchObject({ fresh });
});
