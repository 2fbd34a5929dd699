/** Operations written to a real API server, on which simulated controllers carry them out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJournal } from '../../src/journal/journal.ts';
import type { Operation } from '../../src/operations/contract.ts';
import { createRunner, type Runner } from '../../src/runner/api.ts';
import { MemoryFiles } from '../journal/fixtures.ts';
import { type Gateway, isWrite, type Passing, startGateway } from '../runner/gateway.ts';
import { type Home, kubeconfigFor, makeHome } from '../runner/program.ts';
import { askMark, go, MARK, mark, Pictures, planned } from '../runner/support.ts';
import { LIMITED_USER, NAMESPACE } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';
import { type Played, startPlayed } from './harness/played.ts';
import { until } from './harness/until.ts';

const { clusterApi } = clusterEnvironment();
const CAPI = `/apis/cluster.x-k8s.io/${clusterApi}/namespaces/${NAMESPACE}`;
const DEPLOYMENT = 'cluster.x-k8s.io/deployment-name';

interface Thing {
  metadata: {
    name: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: { replicas?: number };
}

interface Host extends Thing {
  status?: { storage?: { phase?: string } };
}

let played: Played;
let { api, cluster } = {} as Played;
let gateway: Gateway;
let home: Home;
let group: string;

const list = async (resource: string) => (await api.json<{ items: Thing[] }>({ path: `${CAPI}/${resource}` })).items;
const replicas = async () =>
  (await list('machinedeployments')).find(({ metadata }) => metadata.name === group)!.spec.replicas!;
const machines = async () =>
  (await list('machines'))
    .filter(({ metadata }) => metadata.labels?.[DEPLOYMENT] === group)
    .map(({ metadata }) => metadata.name);
const meddle = (path: string, body: unknown) =>
  api.json<Thing>({ method: 'PATCH', path: `${CAPI}/${path}`, contentType: 'application/merge-patch+json', body });

beforeAll(async () => {
  played = await startPlayed({ hosts: 20, seed: 'run' });
  ({ api, cluster } = played);
  gateway = await startGateway({ url: cluster.url, token: cluster.tokens.admin, ca: cluster.ca });
  home = makeHome(kubeconfigFor(gateway.url));
  const all = (await list('machinedeployments')).sort((a, b) => b.spec.replicas! - a.spec.replicas!);
  group = all[0]!.metadata.name;
});
afterAll(async () => {
  home?.remove();
  await gateway?.close();
  await played?.stop();
});

const isGroup = ({ url }: Passing) => url.includes('/machinedeployments/');

describe(`metaldeck run on kube-apiserver, Cluster API ${clusterApi}`, () => {
  it('scales down and waits until it is done', async () => {
    const from = await replicas();
    const args = ['run', 'scale', `deployment/${group}`, '--replicas', String(from - 1), `--confirm=${group}`];
    const ended = await home.run(...args, '--wait', '--timeout', '240');
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toContain('server dry run: accepted');
    expect(await replicas()).toBe(from - 1);
    expect(await machines()).toHaveLength(from - 1);
    expect((await home.run('journal')).out).toMatch(/ done .*jane/);
  });

  it('removes exactly the chosen machine, writing once where the answer is lost', async () => {
    const from = await replicas();
    const [first = '', ...others] = (await machines()).sort().reverse();
    gateway.writes.length = 0;
    gateway.cut = (passing) => (isWrite(passing) && isGroup(passing) ? 'after' : undefined);
    const ended = await home.run(
      'run',
      'remove',
      `machine/${first}`,
      `--confirm=${group}`,
      '--wait',
      '--timeout',
      '240',
    );
    gateway.cut = () => undefined;
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toContain('looking');
    expect(gateway.writes.filter(isGroup)).toHaveLength(1);
    expect(await replicas()).toBe(from - 1);
    expect((await machines()).sort()).toEqual(others.sort());
  });

  it('is cut between two writes, and finished later', async () => {
    const from = await replicas();
    const [first = '', ...others] = (await machines()).sort().reverse();
    gateway.cut = (passing) => (isWrite(passing) && isGroup(passing) ? 'before' : undefined);
    const broken = await home.run('run', 'remove', `machine/${first}`, `--confirm=${group}`, '-o', 'json');
    gateway.cut = () => undefined;
    expect(broken.code).toBe(3);
    expect(await replicas()).toBe(from);
    const { journal } = JSON.parse(broken.out) as { journal: string };
    const resumed = await home.run('journal', 'resume', journal, `--confirm=${group}`, '--wait', '--timeout', '240');
    expect(resumed).toMatchObject({ code: 0, err: '' });
    expect((await machines()).sort()).toEqual(others.sort());
    expect((await home.run('journal', 'show', journal)).out).toMatch(/^status +finished$/m);
  });

  it('retries the storage of a host on which nothing was changed', async () => {
    const hosts = `/apis/elemental.cattle.io/v1beta1/namespaces/${NAMESPACE}/machineinventories`;
    const withPhase = async (phase: string) =>
      (await api.json<{ items: Host[] }>({ path: hosts })).items.filter(
        ({ status }) => status?.storage?.phase === phase,
      );
    await played.remote.scenarios.start('storage-prepare-failed');
    const { scenarios } = played.remote;
    await until(async () => scenarios.state.standing === 'played', {
      failure: () => `it is ${scenarios.state.standing}`,
    });
    const [failed] = await withPhase('Failed');
    const { name = '' } = failed?.metadata ?? {};
    const ended = await home.run(
      'run',
      'storage-retry',
      `host/${name}`,
      `--confirm=${name}`,
      '--wait',
      '--timeout=240',
    );
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect((await withPhase('Prepared')).map(({ metadata }) => metadata.name)).toEqual([name]);
    await played.remote.scenarios.heal();
  });

  it('names the right that is missing', async () => {
    const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}`;
    const rules = [{ verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] }];
    await api.json({ method: 'POST', path: `${roles}/roles`, body: { metadata: { name: 'reader' }, rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: LIMITED_USER }];
    await api.json({
      method: 'POST',
      path: `${roles}/rolebindings`,
      body: { metadata: { name: 'reader' }, roleRef, subjects },
    });
    const limited = makeHome(cluster.kubeconfig('limited'));
    try {
      const ended = await limited.run(
        'run',
        'scale',
        `deployment/${group}`,
        `--replicas=${(await replicas()) + 1}`,
        '-o',
        'json',
      );
      expect(ended.code).toBe(1);
      expect(JSON.parse(ended.out)).toMatchObject({
        missingRights: [{ verb: 'patch', resource: 'machinedeployments.cluster.x-k8s.io', name: group }],
      });
    } finally {
      limited.remove();
    }
  });
});

describe('preconditions on a real server', () => {
  /** As `mark`, by JSON patches: a failed test is answered otherwise than a stale merge patch. */
  const jsonMark: Operation = {
    ...mark,
    plan(world, request) {
      const plan = mark.plan(world, request);
      const steps = plan.steps.map((step) => {
        const { kind, name, seen } = step.write as Extract<typeof step.write, { verb: 'patch' }>;
        const change = { op: 'add', path: '/metadata/labels/marked', value: 'yes' } as const;
        return { ...step, write: { verb: 'patch', kind, name, type: 'json', body: [change], seen } as const };
      });
      return { ...plan, steps };
    },
  };
  let runner: Runner;
  let sight: Pictures;

  async function ready(operation: Operation): Promise<string> {
    sight = new Pictures(api, Date.now, clusterApi);
    await sight.refresh();
    runner = createRunner({
      transport: api,
      sight,
      journal: createJournal({ folder: '/journal', files: new MemoryFiles() }),
      operations: [operation],
      who: { user: { os: 'test' }, context: 'test', server: cluster.url },
    });
    return (await machines())[0]!;
  }
  const target = (name: string) => {
    const row = sight.picture().fleet.machines.list.find((one) => one.name === name)!;
    return [{ kind: 'machine' as const, uid: row.uid, name }];
  };

  it.each([
    ['merge', mark],
    ['JSON', jsonMark],
  ])('follow a status that moves, and refuse a spec that moved: %s patch', async (_type, operation) => {
    const name = await ready(operation);
    const lastUpdated = () => ({ status: { conditions: [], lastUpdated: new Date().toISOString() } });
    const plan = await planned(runner, askMark(target(name), `m${Math.random()}`));
    const rehearsed = await runner.dryRun(plan);
    expect(rehearsed).toMatchObject({ refused: undefined, steps: [{ result: 'accepted' }] });
    await meddle(`machines/${name}/status`, lastUpdated());
    expect(await runner.run(plan, rehearsed)).toMatchObject({ result: 'written' });

    await sight.refresh();
    const again = await planned(runner, askMark(target(name), `n${Math.random()}`));
    const answers = await runner.dryRun(again);
    await meddle(`machines/${name}`, {
      metadata: { labels: { somebody: `was here ${Math.random()}`.replace(/[ .]/g, '-') } },
    });
    expect(await runner.run(again, answers)).toMatchObject({
      result: 'nothing written',
      why: expect.stringContaining('metadata.labels.somebody'),
    });
    runner.stop();
  });

  it('refuse unknown fields and wrong uids, word for word', async () => {
    const name = await ready(mark);
    const plan = await planned(runner, askMark(target(name), 'x'));
    const [step] = plan.plan.steps as [(typeof plan.plan.steps)[number]];
    const write = step.write as Extract<typeof step.write, { verb: 'patch'; type: 'merge' }>;
    const wrong = {
      ...plan,
      plan: { ...plan.plan, steps: [{ ...step, write: { ...write, body: { spec: { clusterName: null } } } }] },
    };
    const rehearsed = await runner.dryRun(wrong);
    expect(rehearsed.refused).toMatch(/clusterName/);
    const other = {
      ...plan,
      plan: { ...plan.plan, steps: [{ ...step, write: { ...write, seen: { ...write.seen, uid: 'not-it' } } }] },
    };
    expect((await runner.dryRun(other)).refused).toMatch(/uid/i);
    runner.stop();
  });

  it('hold while the server restarts between two writes', async () => {
    await ready(mark);
    const names = (await list('machines')).slice(0, 2).map(({ metadata }) => metadata.name);
    const value = `r${Math.random()}`;
    const targets = names.flatMap(target);
    let restarted: Promise<void> | undefined;
    const result = await go(runner, askMark(targets, value), {
      onProgress({ index, state }) {
        if (index !== 0 || state !== 'written') return;
        restarted = cluster.stopApiServer('SIGKILL').then(() => cluster.startApiServer());
      },
    });
    await restarted;
    // The second write finds nobody there, or a server that goes: it is either written once, or known not to be.
    const now = (await list('machines')).filter(({ metadata }) => metadata.annotations?.[MARK] === value);
    const written = result.steps.filter((step) => step.result === 'written').length;
    expect(result.steps[0]).toMatchObject({ result: 'written' });
    expect(result.result).toBe(written === 2 ? 'written' : 'half done');
    expect(now).toHaveLength(written);
    runner.stop();
  });
});
