/**
 * A datacenter with marked secrets in every place where there are any, and everything metaldeck shows, prints and writes
 * of it: none of the marks may come out.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { renderToString } from 'ink';
import { createElement } from 'react';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KeyContext, keymapOf } from '../../hooks/keymap.ts';
import { createLists } from '../../hooks/lists.ts';
import { handleKey } from '../../hooks/use-keys.ts';
import { answer, explainData, explainText } from '../../src/app/explain.ts';
import { type Following, follow } from '../../src/app/follow.ts';
import { outputData, outputText, readOutput } from '../../src/app/output-command.ts';
import { reportEntries } from '../../src/app/report.ts';
import { snapshotText } from '../../src/app/snapshot.ts';
import { settled, waitFor, waitForWorkloads } from '../../src/app/wait.ts';
import { changesSince, lineOf } from '../../src/app/watch.ts';
import { createFleet } from '../../src/domain/fleet/index.ts';
import { isKnown } from '../../src/domain/workload.ts';
import { createJournal } from '../../src/journal/journal.ts';
import { operations } from '../../src/operations/index.ts';
import { createRunner, isRefused } from '../../src/runner/api.ts';
import { ManualClock } from '../../src/simulator/controllers/clock.ts';
import { type Datacenter, startDatacenter } from '../../src/simulator/datacenter.ts';
import { here, type State } from '../../src/store/state.ts';
import { createAppStore, resize, type Store } from '../../src/store/store.ts';
import { App } from '../../views/app.tsx';
import { screens } from '../../views/screens/index.ts';

const b64 = (value: string | Buffer) => Buffer.from(value).toString('base64');
const JOIN = 'mark00.markmarkmarkmark';
const PEM_LINE = 'MARKPEMmarkpemMARKPEMmarkpemMARKPEMmarkpemMARKPEMmarkpemMARKPEM0';
const PEM = `-----BEGIN RSA PRIVATE KEY-----\n${PEM_LINE}\n-----END RSA PRIVATE KEY-----`;
/** What each place is marked with: where one comes out, its mark says from where. */
const MARKS = {
  planFile: 'MARK-plan-file',
  planEnv: 'MARK-plan-env',
  planArgs: 'MARK-plan-args',
  join: JOIN,
  pem: PEM_LINE,
  userData: 'MARK-user-data',
  password: 'MARK-password',
  bearer: 'MARK-bearer-0123456789abcdef',
  applied: 'MARK-last-applied',
  file: 'MARK-kubeadm-file',
  kubeconfig: 'MARK-kubeconfig-key',
  values: 'MARK-release-values',
  field: 'MARK-json-field',
} as const;
const SAYS = `kubeadm join --token ${JOIN} failed; Authorization: Bearer ${MARKS.bearer}; password=x {"password":"${MARKS.field}"} ${PEM}`;
const namespace = 'cpaas-system';
const found = new Map<string, string>();
let places = 0;

/** Takes a text that somebody would see. */
function see(where: string, text: string): void {
  places += 1;
  const plain = text.replace(/\u001b\[[0-9;]*m/g, '');
  // A mark that a line's end has cut in two is a mark.
  const joined = plain.replace(/\s+/g, '');
  for (const mark of marks) {
    const encoded = b64(mark).slice(0, -4);
    if (joined.includes(mark) || joined.includes(encoded)) found.set(mark, where);
  }
}

let datacenter: Datacenter;
let store: Store;
let following: Following;
let folder: string;
let marks: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'metaldeck-marks-'));
  // On a clock that stands still no controller reacts to what is planted.
  datacenter = await startDatacenter({ hosts: 12, traffic: false, clock: new ManualClock(Date.now()) });
  marks = Object.values(MARKS);
  await plant();
  const session = { context: 'c', cluster: 'c', host: 'api:6443', namespace, demo: false };
  store = createAppStore(session, createFleet().snapshot(), Date.now());
  following = follow({
    store,
    transport: datacenter.transport,
    namespace,
    onError: (error) => expect(error).toBeUndefined(),
  });
  await waitFor(store, settled, 20_000);
  await waitForWorkloads(
    store,
    store.getState().fleet.clusters.list.map(({ name }) => name),
    20_000,
  );
}, 60_000);
afterAll(async () => {
  await following.stop();
  await datacenter.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Raw = { metadata: { name: string; annotations?: object }; data?: Record<string, string>; status?: object };
const list = async (path: string) => (await datacenter.transport.json<{ items: Raw[] }>({ path })).items;
const merge = (path: string, body: object) =>
  datacenter.transport.json({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });

/** Puts the marks in. */
async function plant(): Promise<void> {
  const core = `/api/v1/namespaces/${namespace}`;
  const plan = JSON.stringify({
    files: [
      {
        path: '/oem/90.yaml',
        content: b64(`#cloud-config\nusers:\n- passwd: ${MARKS.password}\n  note ${MARKS.planFile}\n`),
      },
      { path: '/etc/kubernetes/pki/ca.key', content: b64(PEM) },
    ],
    instructions: [
      {
        name: 'join',
        command: 'sh',
        args: ['-c', `join --token ${MARKS.planArgs}`],
        env: [`REGISTRY_PASSWORD=${MARKS.planEnv}`],
        saveOutput: true,
      },
    ],
  });
  const printed = `VISIBLE begins\n  note ${MARKS.planFile}\n${SAYS}\n#cloud-config\nruncmd:\n  - ${MARKS.userData}\n\nREGISTRY_PASSWORD=${MARKS.planEnv}\npassword: ${MARKS.password}\njoin --token ${MARKS.planArgs}\n`;
  const output = b64(gzipSync(JSON.stringify({ join: b64(printed) })));
  for (const { metadata } of await list(`${core}/secrets`)) {
    const path = `${core}/secrets/${metadata.name}`;
    if (metadata.name.endsWith('-kubeconfig')) {
      const secret = await datacenter.transport.json<{ data: { value: string } }>({ path });
      const text = Buffer.from(secret.data.value, 'base64').toString();
      marks.push(...(text.match(/(?<=token: )\S+/g) ?? []));
      await merge(path, { metadata: { annotations: { note: `--token ${JOIN}` } } });
    }
    if (!(await isPlan(path))) continue;
    await merge(path, {
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":"${MARKS.applied}"}` } },
      data: {
        plan: b64(plan),
        'applied-output': output,
        'failed-output': output,
        'failure-count': b64('1'),
        'failed-checksum': b64('0'),
      },
    });
  }
  const custom = [
    'infrastructure.cluster.x-k8s.io/v1beta1/baremetalmachines',
    'infrastructure.cluster.x-k8s.io/v1beta1/machineinventorypools',
    'elemental.cattle.io/v1beta1/machineinventories',
    'cluster.x-k8s.io/v1beta1/clusters',
    'cluster.x-k8s.io/v1beta1/machines',
    'cluster.x-k8s.io/v1beta1/machinedeployments',
    'controlplane.cluster.x-k8s.io/v1beta1/kubeadmcontrolplanes',
    'operator.alauda.io/v1alpha1/appreleases',
  ];
  for (const kind of custom) {
    const [group, version, plural] = kind.split('/');
    for (const { metadata, status } of await list(`/apis/${group}/${version}/namespaces/${namespace}/${plural}`)) {
      const path = `/apis/${group}/${version}/namespaces/${namespace}/${plural}/${metadata.name}`;
      await merge(path, {
        metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"x":"${MARKS.applied}"}` } },
        ...(plural === 'appreleases' ? { spec: { values: { password: MARKS.values } } } : {}),
        ...(plural === 'kubeadmcontrolplanes'
          ? { spec: { kubeadmConfigSpec: { files: [{ path: '/etc/x.key', content: MARKS.file }] } } }
          : {}),
      }).catch(() => {});
      const conditions = (status as { conditions?: object[] } | undefined)?.conditions ?? [];
      const told = {
        type: 'Sim',
        status: 'False',
        reason: 'Marked',
        message: SAYS,
        lastTransitionTime: '2026-01-01T00:00:00Z',
      };
      await merge(`${path}/status`, { status: { conditions: [...conditions, told] } }).catch(() => {});
    }
  }
  const [host] = await list(`/apis/elemental.cattle.io/v1beta1/namespaces/${namespace}/machineinventories`);
  await datacenter.transport.json({
    method: 'POST',
    path: `${core}/events`,
    body: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'marked', namespace },
      involvedObject: { kind: 'MachineInventory', name: host!.metadata.name, namespace },
      type: 'Warning',
      reason: 'Marked',
      message: SAYS,
      source: { component: 'x' },
      firstTimestamp: new Date().toISOString(),
      lastTimestamp: new Date().toISOString(),
      count: 1,
    },
  });
}

async function isPlan(path: string): Promise<boolean> {
  const { type } = await datacenter.transport.json<{ type?: string }>({ path });
  return type === 'elemental.cattle.io/plan';
}

it('every screen, with its details, YAML, output and comparisons', async () => {
  resize(store, 200, 250);
  const lists = createLists(screens);
  const bindings = keymapOf(lists);
  const context = {
    store,
    lists,
    quit() {},
    suspend() {},
    repaint() {},
    texts: { copy: (text: string) => void see('clipboard', text), page: async (text: string) => see('pager', text) },
  } as unknown as KeyContext;
  const deck = { store, lists, bindings, utf8: true };
  const press = (key: string) => handleKey(bindings, context, key, false);
  const draw = (where: string): string => {
    const text = renderToString(createElement(App, { deck }), { columns: 200 });
    see(where, text);
    return text;
  };
  let visible = 0;
  for (const screen of lists.screens.filter(({ key }) => key !== undefined)) {
    press(screen.key!);
    draw(screen.id);
    const rows = lists.view(store.getState(), here(store.getState())).rows.slice(0, 2);
    for (const row of rows) {
      const target = screen.target(row);
      if (!target) continue;
      const where = `${screen.id} ${target.kind} ${target.name}`;
      store.setState((state) => ({
        places: [
          ...state.places.slice(0, 1),
          { ...here(state), screen: 'detail', ref: target, index: 0, cursor: undefined, filter: '' },
        ],
      }));
      draw(where);
      press('y');
      await waitFor(store, ({ document }) => document !== undefined && document.state !== 'reading', 3_000);
      draw(`${where} YAML`);
      press('y');
      press('=');
      draw(`${where} past`);
      press('escape');
      press('O');
      if (here(store.getState()).screen === 'output') {
        await waitFor(store, ({ output }) => output !== undefined && output.state !== 'reading', 3_000);
        if (draw(`${where} output`).includes('VISIBLE')) visible += 1;
        press('c');
        press('p');
        press('escape');
      }
      press('escape');
    }
  }
  // It was really there, and only the secrets of it were not.
  expect(visible).toBeGreaterThan(3);
  press('3');
  for (const key of [' ', ' ', '=']) press(key);
  await waitFor(store, ({ compared }) => compared?.state === 'read', 3_000);
  expect(draw('compare')).toContain('+++');
  expect([...found]).toEqual([]);
  expect(places).toBeGreaterThan(60);
}, 60_000);

it('snapshots, explanations, outputs and the report', async () => {
  const lists = createLists(screens);
  const state: State = store.getState();
  expect(state.fleet.workloads.size).toBeGreaterThan(0);
  for (const workload of state.fleet.workloads.values()) expect(isKnown(workload, 'node')).toBe(true);
  for (const view of [
    'overview',
    'pools',
    'hosts',
    'machines',
    'groups',
    'plans',
    'clusters',
    'onboarding',
    'events',
  ]) {
    for (const format of ['table', 'wide', 'json', 'yaml'] as const)
      see(`snapshot ${view} ${format}`, snapshotText(state, lists, view, format));
  }
  see('store', JSON.stringify([...state.fleet.workloads.values()]));
  const questions = [
    undefined,
    ...state.fleet.hosts.list.map(({ name }) => ({ word: 'host', name })),
    ...state.fleet.machines.list.map(({ name }) => ({ word: 'machine', name })),
    ...state.fleet.clusters.list.map(({ name }) => ({ word: 'cluster', name })),
  ];
  for (const question of questions) {
    const given = answer(state, question);
    see('explain', explainText(state, given, question));
    see('explain json', JSON.stringify(explainData(state, given, question)));
  }
  for (const { name } of state.fleet.hosts.list) {
    const output = await readOutput(datacenter.transport, namespace, name);
    see(`output ${name}`, outputText(output, Date.now()));
    see(`output ${name} json`, JSON.stringify(outputData(name, output)));
  }
  for (const { path, text } of await reportEntries(state, datacenter.transport, '1', [])) see(`report ${path}`, text);
  const before = { ...state, observed: [] };
  const observed = state.fleet.hosts.list.map(({ uid, name }) => ({
    at: 1,
    uid,
    ref: { kind: 'host' as const, uid, name },
    text: SAYS,
  }));
  for (const line of changesSince(before, { ...state, observed })) see('watch', lineOf(line));
  expect([...found]).toEqual([]);
}, 60_000);

it('the journal of an operation whose documents hold secrets', async () => {
  const journal = createJournal({ folder: join(folder, 'journal') });
  const { fleet, freshness } = store.getState();
  const group = fleet.groups.list.find(({ controlPlane }) => !controlPlane)!;
  const runner = createRunner({
    transport: datacenter.transport,
    sight: { picture: () => ({ fleet, freshness, namespace, now: Date.now() }), subscribe: () => () => {} },
    journal,
    operations,
    who: { user: { os: 'me', kubernetes: 'me' }, context: 'c', server: 'api:6443' },
  });
  const template = await datacenter.transport.json<{ spec: { template: { spec: Record<string, unknown> } } }>({
    path: `/apis/bootstrap.cluster.x-k8s.io/v1beta1/namespaces/${namespace}/kubeadmconfigtemplates/${group.bootstrapTemplate}`,
  });
  template.spec.template.spec = {
    ...template.spec.template.spec,
    files: [{ path: '/etc/x.key', content: `${MARKS.file}\n${PEM}` }],
    users: [{ name: 'root', passwd: MARKS.password }],
    preKubeadmCommands: [`kubeadm join --token ${JOIN}`],
  };
  const target = { kind: 'deployment' as const, uid: group.uid, name: group.name };
  const values = { document: JSON.stringify(template), name: 'marked-template' };
  const prepared = await runner.prepare({ operation: 'bootstrap', targets: [target], values });
  if (isRefused(prepared)) throw new Error(prepared.refused);
  const rehearsed = await runner.dryRun(prepared);
  const result = await runner.run(prepared, rehearsed, { confirm: prepared.plan.confirm });
  expect(result).toMatchObject({ result: 'written' });
  runner.stop();
  const files = readdirSync(join(folder, 'journal'));
  expect(files.length).toBeGreaterThan(0);
  let text = '';
  for (const file of files) text += readFileSync(join(folder, 'journal', file), 'utf8');
  expect(text).toContain('marked-template');
  see('journal', text);
  expect([...found]).toEqual([]);
}, 30_000);
