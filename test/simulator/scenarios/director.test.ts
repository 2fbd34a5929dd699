import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ConfigMap } from '../../../src/simulator/controllers/shapes/core.ts';
import { minute } from '../harness.ts';
import { unrest } from './rest.ts';
import { signals } from './signals.ts';
import { openTheatre, type Theatre, type TheatreOptions } from './theatre.ts';

let theatre: Theatre | undefined;
afterEach(async () => {
  await theatre?.stop();
  theatre = undefined;
});

async function open(options: TheatreOptions = {}): Promise<Theatre> {
  theatre = await openTheatre(options);
  return theatre;
}

const deskPath = '/api/v1/namespaces/metaldeck-simulator/configmaps/sim-scenario';

const desk = async (of: Theatre): Promise<ConfigMap> => {
  await of.runtime.idle();
  return of.kubectl.json<ConfigMap>({ path: deskPath });
};

/** As `kubectl patch cm sim-scenario --type merge` does; then what is answered. */
async function order(of: Theatre, command: string, how: 'data' | 'annotation' = 'data'): Promise<string> {
  const body =
    how === 'data' ? { data: { command } } : { metadata: { annotations: { 'metaldeck-simulator/command': command } } };
  await of.kubectl.json({ method: 'PATCH', path: deskPath, contentType: 'application/merge-patch+json', body });
  let answer = '';
  await of.wait(
    async () => {
      answer = ((await desk(of)).data?.['answer'] ?? '').replace(/^\S+ /, '');
      return answer.startsWith(`${command}: `);
    },
    120 * minute,
    `an answer to ${command}`,
  );
  return answer;
}

describe('a scenario, told from inside', () => {
  it('takes its steps in time, or when it is told to go on', async () => {
    const { scenarios, run, runtime } = await open();
    await scenarios.start('leftover-delete-mark');
    expect(scenarios.state).toMatchObject({ standing: 'running', step: 1, scenario: { name: 'leftover-delete-mark' } });
    expect(scenarios.state.nextAt).toBe(theatre!.clock.now() + 5 * minute);
    await run(4 * minute);
    expect(scenarios.state.step).toBe(1);
    await scenarios.goOn();
    expect(scenarios.state).toMatchObject({ standing: 'played', step: 2, next: undefined });
    await expect(scenarios.goOn()).rejects.toThrow('no step follows');
    await runtime.idle();
    await scenarios.heal();
    expect(scenarios.state.standing).toBe('healed');
  });

  it('stands still where it was stopped, and goes on from there', async () => {
    const { scenarios, run } = await open();
    await scenarios.start('host-flapping');
    await run(2 * minute);
    expect(scenarios.state.step).toBe(2);
    await scenarios.stop();
    await run(60 * minute);
    expect(scenarios.state).toMatchObject({ standing: 'stopped', step: 2 });
    await scenarios.goOn();
    expect(scenarios.state).toMatchObject({ standing: 'running', step: 3 });
    await run(2 * minute);
    expect(scenarios.state.step).toBe(4);
  });

  it('heals what is played before it plays another', async () => {
    const { scenarios, wait } = await open();
    await scenarios.start('pool-exhausted');
    await wait(() => signals['pool-exhausted']!(theatre!), 5 * minute, 'the first');
    await scenarios.start('pool-member-missing');
    await wait(() => signals['pool-member-missing']!(theatre!), minute, 'the second');
    await wait(() => !signals['pool-exhausted']!(theatre!), 60 * minute, 'the end of the first');
    expect(scenarios.state.scenario?.name).toBe('pool-member-missing');
  });

  it('refuses what there is not, what cannot be played here, and orders that make no sense', async () => {
    const { scenarios } = await open({ server: false });
    await expect(scenarios.start('no-such')).rejects.toThrow('there is no scenario "no-such"');
    await expect(scenarios.start('api-restart')).rejects.toThrow('needs an API server of our own');
    await expect(scenarios.heal()).rejects.toThrow('nothing to heal');
    await expect(scenarios.stop()).rejects.toThrow('nothing is running');
    expect(scenarios.state.standing).toBe('idle');
  });

  it('leaves nothing behind where the world lacks what it needs', async () => {
    const { scenarios, run } = await open({ hosts: 6, clusters: 1 });
    // The one group has one machine: nothing can be taken out of it.
    await expect(scenarios.start('leftover-delete-mark')).rejects.toThrow('no group with 3 machines is at rest');
    await run(10 * minute);
    expect(unrest(theatre!)).toEqual([]);
    await scenarios.start('pool-exhausted');
    expect(scenarios.state.standing).toBe('played');
  });

  it('tells the same story for the same seed', async () => {
    const tell = async (): Promise<string[]> => {
      const { scenarios, run } = await open({ seed: 'story' });
      const told: string[] = [];
      await scenarios.start('chaos');
      for (let passed = 0; passed < 60; passed++) {
        const { did = '' } = scenarios.state;
        if (told.at(-1) !== did) told.push(did);
        await run(minute);
      }
      await theatre!.stop();
      return told;
    };
    const first = await tell();
    expect(first.length).toBeGreaterThan(10);
    expect(await tell()).toEqual(first);
    theatre = undefined;
  });
});

describe('a scenario, told from outside', () => {
  it('is played by patching a ConfigMap, which tells how it stands', async () => {
    const of = await open({ desk: true });
    const { data, metadata } = await desk(of);
    expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'metaldeck-simulator' });
    expect(data).toMatchObject({ state: 'idle', step: '0' });
    expect(data?.['scenarios']).toContain('pool-exhausted: ');
    expect(await order(of, 'start:leftover-delete-mark')).toBe('start:leftover-delete-mark: done');
    expect((await desk(of)).data).toMatchObject({
      state: 'running',
      scenario: 'leftover-delete-mark',
      step: expect.stringMatching(/^1: .* was marked/),
      next: expect.stringMatching(/ by 2026-11-21T02:05:0\dZ$/),
    });
    expect(await order(of, 'stop', 'annotation')).toBe('stop: done');
    expect(await order(of, 'go-on')).toBe('go-on: done');
    expect((await desk(of)).data).toMatchObject({ state: 'played' });
    expect(await order(of, 'heal')).toBe('heal: done');
    const after = await desk(of);
    expect(after.data).toMatchObject({ state: 'healed' });
    expect(after.data?.['command']).toBeUndefined();
    expect(after.metadata.annotations ?? {}).toEqual({});
    expect(of.errors).toEqual([]);
  });

  it('says what it cannot do', async () => {
    const of = await open({ desk: true });
    expect(await order(of, 'start:no-such')).toMatch(/refused, there is no scenario "no-such"/);
    expect(await order(of, 'dance')).toMatch(/refused, there are only go-on, stop, heal, start:<name>/);
    expect(await order(of, 'heal')).toMatch(/refused, there is nothing to heal/);
  });

  it('comes back when somebody deletes it', async () => {
    const of = await open({ desk: true });
    await of.kubectl.json({ method: 'DELETE', path: deskPath });
    await vi.waitFor(async () => expect((await desk(of)).data).toMatchObject({ state: 'idle' }), 5000);
  });
});
