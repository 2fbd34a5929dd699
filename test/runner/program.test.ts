/** The command line as a script uses it, on a datacenter behind a line that can be cut, and processes that are killed. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Datacenter } from '../../src/simulator/datacenter.ts';
import { type Gateway, isWrite } from './gateway.ts';
import { openPlace, type Place } from './place.ts';
import type { Home } from './program.ts';

let place: Place;
let datacenter: Datacenter;
let gateway: Gateway;
let home: Home;
let machines: string[];
let group: string;

const GROUPS = '/apis/cluster.x-k8s.io/v1beta1/namespaces/cpaas-system';

interface Thing {
  metadata: { name: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  spec: { replicas?: number };
}

async function things(resource: string): Promise<Thing[]> {
  return (await datacenter.transport.json<{ items: Thing[] }>({ path: `${GROUPS}/${resource}` })).items;
}
const replicas = async () =>
  (await things('machinedeployments')).find(({ metadata }) => metadata.name === group)!.spec.replicas;

beforeAll(async () => {
  // So slow that nothing is done before it is looked at.
  place = await openPlace({ hosts: 16, seed: 3, speed: 0.01 });
  ({ datacenter, gateway, home } = place);
  const largest = (await things('machinedeployments')).sort((a, b) => b.spec.replicas! - a.spec.replicas!)[0]!;
  group = largest.metadata.name;
  const label = 'cluster.x-k8s.io/deployment-name';
  machines = (await things('machines'))
    .filter(({ metadata }) => metadata.labels?.[label] === group)
    .map(({ metadata }) => metadata.name);
});
afterAll(() => place?.close());

describe('metaldeck run', () => {
  it('shows the plan and the dry run, and writes nothing without its confirmation', async () => {
    const from = (await replicas())!;
    const dry = await home.run('run', 'scale', `deployment/${group}`, '--replicas', String(from - 1), '--dry-run');
    expect(dry).toMatchObject({ code: 0, err: '' });
    expect(dry.out).toContain(`Scale ${group} from ${from} to ${from - 1}`);
    expect(dry.out).toContain('server dry run: accepted');
    const unconfirmed = await home.run('run', 'scale', `deployment/${group}`, `--replicas=${from - 1}`, '-o', 'json');
    expect(unconfirmed).toMatchObject({ code: 1, err: expect.stringContaining(`--confirm=${group}`) });
    expect(JSON.parse(unconfirmed.out)).toMatchObject({
      schema: 'metaldeck.run/v1',
      exitCode: 1,
      result: null,
      plan: { confirm: [group], steps: [{ dryRun: { result: 'accepted' }, answer: null }] },
    });
    expect(gateway.writes).toEqual([]);
    expect((await home.run('journal')).out).toBe('nothing was done from here yet\n');
  });

  it('is killed between two writes; the next one knows what stands, and finishes it', async () => {
    const from = (await replicas())!;
    const targets = machines.slice(0, 2).map((name) => `machine/${name}`);
    const { child, ended } = home.start('run', 'remove', ...targets, `--confirm=${group}`, '--confirm=2');
    let writes = 0;
    gateway.cut = (passing) => {
      if (!isWrite(passing)) return undefined;
      writes += 1;
      if (writes === 1) return undefined;
      child.kill('SIGKILL');
      return 'hold';
    };
    expect((await ended).signal).toBe('SIGKILL');
    gateway.cut = () => undefined;
    expect(gateway.writes).toHaveLength(1);
    const listed = JSON.parse((await home.run('journal', 'list', '-o', 'json')).out) as {
      id: string;
      status: string;
    }[];
    expect(listed).toMatchObject([
      {
        status: 'in doubt',
        user: { kubernetes: 'jane' },
        steps: [{ state: 'written' }, { state: 'sending' }, { state: 'not sent' }],
      },
    ]);
    const { id } = listed[0]!;

    const resumed = await home.run('journal', 'resume', id, `--confirm=${group}`, '--confirm=2');
    expect(resumed).toMatchObject({ code: 0, err: '' });
    expect(gateway.writes).toHaveLength(3);
    expect(await replicas()).toBe(from - 2);
    const marked = (await things('machines')).filter(
      ({ metadata }) => metadata.annotations?.['cluster.x-k8s.io/delete-machine'],
    );
    expect(marked.map(({ metadata }) => metadata.name).sort()).toEqual(machines.slice(0, 2).sort());
    expect((await home.run('journal', 'show', id)).out).toMatch(/^status +finished$/m);
    // Nobody waited for what it brings about: it is written, and not more than that is said.
    expect((await home.run('journal')).out).toMatch(/ written +jane .*Remove/);
    expect(await home.run('journal', 'resume', id)).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing to go on with'),
    });
    const exported = (await home.run('journal', 'export')).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { operation: string });
    expect(new Set(exported.map(({ operation }) => operation)).size).toBe(2);
  });

  it('exits with 3 when it was broken off half way', async () => {
    const plane = (await things('machines')).filter(({ metadata }) => !machines.includes(metadata.name));
    const label = 'cluster.x-k8s.io/deployment-name';
    const other = plane.find(({ metadata }) => metadata.labels?.[label])!;
    let writes = 0;
    gateway.cut = (passing) => (isWrite(passing) && ++writes > 1 ? 'before' : undefined);
    const name = other.metadata.labels![label]!;
    const broken = await home.run('run', 'remove', `machine/${other.metadata.name}`, `--confirm=${name}`, '-o', 'json');
    gateway.cut = () => undefined;
    expect(broken.code).toBe(3);
    const { journal } = JSON.parse(broken.out) as { journal: string };
    const back = await home.run('journal', 'resume', journal, '--take-back');
    expect(back).toMatchObject({ code: 0 });
    const now = (await things('machines')).find(({ metadata }) => metadata.name === other.metadata.name)!;
    expect(now.metadata.annotations?.['cluster.x-k8s.io/delete-machine']).toBeUndefined();
  });

  it('writes nothing for names that nobody knows, nor for a number that cannot be', async () => {
    const before = gateway.writes.length;
    for (const [args, why] of [
      [['format', `deployment/${group}`], 'there is no operation "format"'],
      [['scale', `depl/${group}`, '--replicas', '3'], 'there is no kind "depl"'],
      [['scale', 'deployment/nobody', '--replicas', '3'], 'there is no MachineDeployment nobody'],
      [['scale', `deployment/${group}`, '--replicas', '-1'], 'negative'],
    ] as const) {
      const { code, out, err } = await home.run('run', ...args, `--confirm=${group}`);
      expect(out + err).toContain(why);
      expect(code).toBeGreaterThan(0);
    }
    expect(gateway.writes).toHaveLength(before);
  });

  it('writes nothing where the config says that a context is read-only, nor where it cannot be understood', async () => {
    const before = gateway.writes.length;
    mkdirSync(join(home.folder, 'config/metaldeck'), { recursive: true });
    const to = (await replicas())! - 1;
    const args = ['run', 'scale', `deployment/${group}`, '--replicas', String(to), `--confirm=${group}`];
    home.file('config/metaldeck/config.yaml', 'contexts: {test: {readOnly: true}}\n');
    expect(await home.run(...args)).toMatchObject({
      code: 1,
      err: expect.stringContaining('context test is readOnly'),
    });
    home.file('config/metaldeck/config.yaml', 'readonly: true\n');
    expect(await home.run(...args)).toMatchObject({ code: 2, err: expect.stringContaining('readonly is not known') });
    home.file('config/metaldeck/config.yaml', '');
    expect(gateway.writes).toHaveLength(before);
  });

  it('exits with 2 where the server cannot be asked', async () => {
    gateway.cut = () => 'before';
    const lost = await home.run('run', 'scale', `deployment/${group}`, '--replicas', '1', '-o', 'json');
    gateway.cut = () => undefined;
    expect(lost).toMatchObject({ code: 2, err: expect.stringContaining('broke the connection') });
    expect(JSON.parse(lost.out)).toMatchObject({ exitCode: 2, plan: null, why: expect.stringContaining('broke') });
  });
});
