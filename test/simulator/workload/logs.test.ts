/** What containers have written, as far as it can be told. */
import { describe, expect, it } from 'vitest';
import { type Entry, Journal } from '../../../src/simulator/controllers/journal.ts';
import { componentLogs } from '../../../src/simulator/workload/logs.ts';

const now = Date.parse('2026-11-29T11:31:00Z');
const begun = '2026-11-29T11:30:00Z';
const nothing = { revision: 1, revisionAt: () => 1, events: () => [], objects: () => [] };
const pod = (container: object, status: object = { state: { running: { startedAt: begun } }, lastState: {} }) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default', uid: 'u-1' } },
  spec: { containers: [{ name: 'c', ...container }] },
  status: { podIP: '10.3.0.7', hostIP: '10.20.1.9', startTime: begun, containerStatuses: [{ name: 'c', ...status }] },
});
const lines = (one: ReturnType<typeof pod>, previous = false) =>
  componentLogs({ pod: one, container: 'c', previous, now, ...nothing });
const texts = (one: ReturnType<typeof pod>, previous = false) => lines(one, previous).map(({ text }) => text);

describe('the log of a container', () => {
  it('tells how nginx begins, and who asks it', () => {
    const readinessProbe = { httpGet: { port: 80, path: '/nope' }, periodSeconds: 20 };
    const said = texts(pod({ image: 'nginx:1.27', readinessProbe }));
    expect(said[0]).toMatch(/^\/docker-entrypoint\.sh: /);
    expect(said).toContainEqual(expect.stringMatching(/^2026\/11\/29 11:30:0\d \[notice\] 1#1: nginx\/1\.27\.5$/));
    const asked = said.filter((one) => one.includes('kube-probe'));
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatch(/^10\.20\.1\.9 - - \[29\/Nov\/2026:11:30:0\d \+0000\] "GET \/nope HTTP\/1\.1" 404 /);
    const lacks = said
      .map((one, place) => ({ one, next: said[place + 1] }))
      .filter(({ one }) => one.includes('[error]'));
    expect(lacks.map(({ next }) => next)).toEqual(asked);
    expect(lacks[1]!.one).toMatch(
      /^2026\/11\/29 11:30:2\d \[error\] (\d+)#\1: \*2 open\(\) "\/usr\/share\/nginx\/html\/nope" failed \(2: No such file or directory\), client: 10\.20\.1\.9, server: localhost, request: "GET \/nope HTTP\/1\.1", host: "10\.3\.0\.7:80"$/,
    );
  });

  it('tells how servers take their leave where they are told to end, and nothing where they are killed', () => {
    const ended = (exitCode: number) => ({
      state: { terminated: { startedAt: begun, finishedAt: '2026-11-29T11:30:40Z', exitCode } },
    });
    const env = [{ name: 'POSTGRES_PASSWORD', value: 'x' }];
    const last = (image: string, exitCode = 0) => texts(pod({ image, env }, ended(exitCode))).at(-1);
    expect(last('nginx:1.27')).toBe('2026/11/29 11:30:40 [notice] 1#1: exit');
    expect(last('httpd:2.4')).toMatch(/caught SIGWINCH, shutting down gracefully$/);
    expect(last('redis:8')).toMatch(/Redis is now ready to exit, bye bye\.\.\.$/);
    expect(last('postgres:18')).toMatch(/database system is shut down$/);
    expect(last('nginx:1.27', 137)).toMatch(/start worker process \d+$/);
  });

  it('has nothing behind the exit of nginx, whose last question it was that ended it', () => {
    const livenessProbe = { httpGet: { port: 80, path: '/nope' }, periodSeconds: 10 };
    const finishedAt = '2026-11-29T11:30:30Z';
    const lastState = { terminated: { startedAt: begun, finishedAt, exitCode: 0 } };
    const state = { running: { startedAt: '2026-11-29T11:30:31Z' } };
    const told = lines(pod({ image: 'nginx:1.27', livenessProbe }, { state, lastState }), true);
    expect(told.at(-1)!.text).toBe('2026/11/29 11:30:30 [notice] 1#1: exit');
    const asked = told.filter(({ text }) => text.includes('kube-probe'));
    expect(asked.at(-1)!.text).toContain('[29/Nov/2026:11:30:30 +0000]');
    // Within the second that its text tells.
    expect(told.every(({ at }) => at < Date.parse(finishedAt) + 1000)).toBe(true);
  });

  it('tells what a line prints, whatever else is in it', () => {
    const command = ['sh', '-c', 'echo hello; date; nslookup kubernetes; uname -r; echo bye'];
    const ended = { ...pod({ image: 'busybox', command }) };
    ended.spec = { ...ended.spec, restartPolicy: 'Never' } as typeof ended.spec;
    const [hello, date] = texts(ended);
    expect(hello).toBe('hello');
    expect(date).toMatch(/^Sun Nov 29 11:30:\d\d UTC 2026$/);
    expect(texts(pod({ image: 'python:3.13', command: ['python3', '-c', 'print("fine")'] }))).toEqual(['fine']);
    expect(texts(pod({ image: 'python:3.13', command: ['python3', '-c', 'serve(8080)'] }))).toEqual([
      'sim: not run: python3 -c serve(8080)',
    ]);
    expect(texts(pod({ image: 'registry.dc1.example/own/shop:3' }))).toEqual([
      'sim: not run: registry.dc1.example/own/shop:3',
    ]);
    const loop = ['sh', '-c', 'for i in 1 2; do echo turn $i; done; for n in $(seq 2 3); do echo $n; done; uptime'];
    expect(texts(pod({ image: 'alpine', command: loop }))).toEqual([
      ...['turn 1', 'turn 2', '2', '3', 'sim: not run: uptime'],
    ]);
    expect(texts(pod({ image: 'postgres:16', env: [{ name: 'POSTGRES_PASSWORD', value: 'x' }] }))[5]).toContain(
      'starting PostgreSQL 16.11 (Debian 16.11-1.pgdg13+1)',
    );
  });

  it('tells which kubelet asked', () => {
    const one = pod({ image: 'nginx:1.27', readinessProbe: { httpGet: { port: 80 }, periodSeconds: 20 } });
    const placed = { ...one, spec: { ...one.spec, nodeName: 'w-1' } };
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'w-1' },
      status: { nodeInfo: { kubeletVersion: 'v1.32.11-2' } },
    };
    const said = componentLogs({ pod: placed, container: 'c', now, ...nothing, objects: () => [node] });
    expect(said.at(-1)?.text).toContain('kube-probe/1.32');
  });

  it('tells what a loop of a shell prints, each time', () => {
    const command = ['sh', '-c', 'while true; do echo "alive on $(hostname)"; sleep 20; done'];
    expect(texts(pod({ image: 'busybox', command }))).toEqual(Array.from({ length: 3 }, () => 'alive on web'));
  });

  it('tells of the run before, and why a database did not begin', () => {
    const at = (finishedAt: string) => ({ terminated: { startedAt: begun, finishedAt } });
    const state = { running: { startedAt: '2026-11-29T11:30:30Z' } };
    const one = pod({ image: 'postgres:16' }, { state, lastState: at('2026-11-29T11:30:01Z') });
    expect(texts(one, true)[0]).toBe('Error: Database is uninitialized and superuser password is not specified.');
    expect(lines(one, true)[0]!.at).toBeLessThan(Date.parse('2026-11-29T11:30:02Z'));
  });

  it('has times finer than a second', () => {
    const proxy = { ...pod({}), spec: { containers: [{ name: 'kube-proxy' }] } };
    proxy.metadata.namespace = 'kube-system';
    proxy.status.containerStatuses[0]!.name = 'kube-proxy';
    const [line] = componentLogs({ pod: proxy, container: 'kube-proxy', now, ...nothing });
    expect(line!.text).toMatch(/^I1129 11:30:00\.\d{6} /);
    expect(line!.text).not.toMatch(/000 {7}1 /);
  });

  describe('of a program that a cluster brings', () => {
    const born = '2026-10-29T11:30:00Z';
    const node = (name: string, address: string) => ({
      ...{ apiVersion: 'v1', kind: 'Node' },
      metadata: {
        ...{ name, uid: name, creationTimestamp: born },
        labels: { 'node-role.kubernetes.io/control-plane': '' },
      },
      status: {
        addresses: [{ type: 'InternalIP', address }],
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: born }],
      },
    });
    const lease = {
      ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
      metadata: { name: 'kube-controller-manager', namespace: 'kube-system' },
      spec: { holderIdentity: 'cp-1_1234', acquireTime: '2026-10-29T11:31:00.000000Z' },
    };
    const world: Record<string, object[]> = {
      nodes: [node('cp-1', '10.20.1.13'), node('cp-2', '10.20.1.15')],
      leases: [lease],
    };
    type Gone = (plural: string) => { object: object; at: number }[];
    const told = (program: string, at = now, nodeName = 'cp-1', extra: object = {}, gone: Gone = () => []) => {
      const one = {
        ...{ apiVersion: 'v1', kind: 'Pod' },
        metadata: { name: `${program}-x`, namespace: 'kube-system', uid: `u-${program}-${nodeName}`, ...extra },
        spec: { nodeName, containers: [{ name: program }] },
        status: {
          hostIP: '10.20.1.13',
          containerStatuses: [
            { name: program, image: `r/${program}:v1.33.7`, state: { running: { startedAt: born } }, lastState: {} },
          ],
        },
      };
      const objects = (plural: string) => (world[plural] ?? []) as never;
      const revisionAt = (moment: number) => Math.floor(moment / 200);
      const events = () => (world['events'] ?? []) as never;
      return componentLogs({
        pod: one,
        container: program,
        now: at,
        ...nothing,
        objects,
        revisionAt,
        events,
        removed: gone as never,
      });
    };
    const programs = [
      ...['kube-apiserver', 'kube-scheduler', 'kube-controller-manager', 'etcd', 'kube-proxy', 'coredns', 'alive'],
      ...['kube-ovn-controller', 'kube-ovn-monitor', 'cni-server', 'pinger', 'ovn-central', 'openvswitch'],
    ];

    it.each(programs)('has lines, not too many, in the order of time: %s', (program) => {
      const lines = told(program);
      expect(lines.length).toBeGreaterThan(3);
      expect(lines.length).toBeLessThanOrEqual(4000);
      expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort((a, b) => a - b));
      expect(lines.at(-1)!.at).toBeLessThanOrEqual(now);
    });

    it.each(programs)('says the same a while later, and more: %s', (program) => {
      const before = told(program).map(({ at, text }) => `${at} ${text}`);
      const after = told(program, now + 400_000).map(({ at, text }) => `${at} ${text}`);
      expect(before.slice(before.indexOf(after[0]!))).toEqual(after.filter((line) => before.includes(line)));
    });

    it.each(['kube-proxy', 'kube-scheduler', 'kube-controller-manager', 'cni-server', 'kube-ovn-monitor', 'pinger'])(
      'takes as long for each step of a beginning as it happens: %s',
      (program) => {
        const steps = (node: string) => {
          const lines = told(program, Date.parse(born) + 30_000, node).slice(0, 14);
          return lines.map(({ at }) => at - lines[0]!.at);
        };
        const [one, other] = [steps('cp-1'), steps('cp-2')];
        expect(one.length).toBeGreaterThan(3);
        expect(other).not.toEqual(one);
        // Nor is it only that one begins later in its first.
        expect(new Set(one.map((at, index) => at - (other[index] ?? 0))).size).toBeGreaterThan(2);
      },
    );

    it('keeps the file that is being written from its beginning on, until it is turned over', () => {
      const first = (at: number) => told('etcd', at)[0]!.at;
      const begins = Array.from({ length: 12 }, (_, hour) => first(now + hour * 3_600_000));
      expect(new Set(begins).size).toBeLessThanOrEqual(3);
      expect(new Set(begins).size).toBeGreaterThan(1);
    });

    it("finds Nodes that are in nobody's books when the Event says that they were registered, or when it begins", () => {
      const [led, joined] = [Date.parse(lease.spec.acquireTime), Date.parse(born) + 600_000];
      const fresh = node('w-1', '10.20.1.17');
      fresh.metadata.creationTimestamp = new Date(joined).toISOString();
      const at = joined + 3210;
      const event = {
        metadata: { name: `w-1.${(BigInt(at) * 1_000_000n).toString(16)}`, namespace: 'default' },
        involvedObject: { kind: 'Node', name: 'w-1', uid: 'w-1' },
        ...{
          reason: 'RegisteredNode',
          message: '',
          type: 'Normal',
          source: { component: 'node-controller' },
          count: 1,
        },
        firstTimestamp: new Date(at).toISOString(),
        lastTimestamp: new Date(at).toISOString(),
      };
      const before = { ...world };
      Object.assign(world, { nodes: [...world['nodes']!, fresh], events: [event] });
      const lines = told('kube-controller-manager', joined + 20_000);
      Object.assign(world, { events: [], ...before });
      const found = lines.filter(({ text }) => text.includes('Missing timestamp for Node'));
      const when = (name: string) => found.filter(({ text }) => text.endsWith(`node="${name}"`)).map((one) => one.at);
      expect(when('w-1')).toHaveLength(1);
      expect(when('w-1')[0]! - at).toBeGreaterThanOrEqual(0);
      expect(when('w-1')[0]! - at).toBeLessThan(5);
      for (const [one] of [when('cp-1'), when('cp-2')]) {
        expect(one! - led).toBeGreaterThan(3000);
        expect(one! - led).toBeLessThan(4000);
      }
    });

    it('tells who leads, and lets the others wait', () => {
      const texts = (nodeName: string) =>
        told('kube-controller-manager', Date.parse(born) + 120_000, nodeName).map(({ text }) => text);
      expect(texts('cp-1')).toContainEqual(
        expect.stringMatching(/^I1029 11:31:00\.\d{6} {7}1 leaderelection\.go:271\] successfully acquired/),
      );
      expect(texts('cp-1')).toContainEqual(
        expect.stringContaining('"Started controller" controller="node-ipam-controller"'),
      );
      expect(texts('cp-2').at(-1)).toContain(
        'attempting to acquire leader lease kube-system/kube-controller-manager...',
      );
    });

    it('tells of no work before it leads', () => {
      const event = (name: string, time: string) => ({
        ...{ apiVersion: 'v1', kind: 'Event', metadata: { name, namespace: 'default', uid: name } },
        ...{ type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${name}-1`, count: 1 },
        ...{ firstTimestamp: time, lastTimestamp: time, source: { component: 'replicaset-controller' } },
        involvedObject: { kind: 'ReplicaSet', namespace: 'default', name, uid: `u-${name}`, apiVersion: 'apps/v1' },
      });
      world['events'] = [event('early', '2026-10-29T11:30:40Z'), event('late', '2026-10-29T11:31:20Z')];
      const at = Date.parse(born) + 120_000;
      const synced = told('kube-controller-manager', at).filter(({ text }) => text.includes('Finished syncing'));
      delete world['events'];
      expect(synced.map(({ text }) => /key="([^"]+)"/.exec(text)?.[1])).toEqual(['default/late']);
    });

    describe('says of a look that has failed what came up to its queue', () => {
      const first = Date.parse('2026-10-29T11:31:20Z');
      const event = (kind: string, component: string, more: { reason: string; message: string; count: number }) => ({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
          name: `web.${(BigInt(first) * 1_000_000n).toString(16).padStart(16, '0')}`,
          ...{ namespace: 'default', uid: `e-${kind}` },
        },
        ...{ type: 'Warning', ...more, source: { component } },
        ...{ firstTimestamp: '2026-10-29T11:31:20Z', lastTimestamp: '2026-10-29T11:31:50Z' },
        involvedObject: { kind, namespace: 'default', name: 'web', uid: `u-${kind}`, apiVersion: 'apps/v1' },
      });
      const why = 'pods "web-x7k2p" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1';
      const errors = (events: object[], objects: Record<string, object[]> = {}) => {
        Object.assign(world, { events, ...objects });
        const lines = told('kube-controller-manager', first + 100_000);
        for (const plural of ['events', ...Object.keys(objects)]) delete world[plural];
        return lines.filter(({ text }) => text.startsWith('E'));
      };
      const failed = (kind: string, message: string, count = 1) =>
        event(kind, `${kind.toLowerCase()}-controller`, { reason: 'FailedCreate', message, count });

      const refused = `create Pod web-0 in StatefulSet web failed error: ${why}`;
      it.each([
        ['ReplicaSet', `Error creating: ${why}`, `replica_set.go:562`, `sync "default/web" failed with ${why}`],
        ['DaemonSet', `Error creating: ${why}`, 'daemon_controller.go:329', `default/web failed with : ${why}`],
        ['Job', `Error creating: ${why}`, 'job_controller.go:659', `syncing job: ${why}`],
        ['StatefulSet', refused, 'stateful_set.go:438', `error syncing StatefulSet default/web, requeuing: ${why}`],
      ])('of a %s', (kind, message, place, err) => {
        const lines = errors([failed(kind, message)]).map(({ text }) => text);
        expect(lines).toHaveLength(1);
        expect(lines[0]).toMatch(/^E1029 11:31:20\.\d{6} {7}1 /);
        expect(lines[0]).toContain(`${place}] "Unhandled Error" err=${JSON.stringify(err)} logger="UnhandledError"`);
      });

      it('each time, with another name, where the Event has only counted', () => {
        const lines = errors([failed('ReplicaSet', `(combined from similar events): Error creating: ${why}`, 4)]);
        expect(lines.map(({ at }) => at - lines[0]!.at)).toEqual([0, 2560, 7680, 17_920]);
        expect(new Set(lines.map(({ text }) => /web-\w{5}/.exec(text)?.[0])).size).toBe(4);
      });

      it('of an autoscaler for as long as it misses its metrics, whatever its Events tell', () => {
        const message = 'invalid metrics (1 invalid out of 1), first error is: failed';
        const scaler = {
          metadata: { name: 'web', namespace: 'default', uid: 'u-HorizontalPodAutoscaler' },
          spec: { scaleTargetRef: { kind: 'StatefulSet', name: 'db' } },
          status: { conditions: [{ type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' }] },
        };
        const about = (reason: string) =>
          event('HorizontalPodAutoscaler', 'horizontal-pod-autoscaler', { reason, message, count: 2 });
        const lines = errors([about('FailedGetResourceMetric'), about('FailedComputeMetricsReplicas')], {
          horizontalpodautoscalers: [scaler],
        });
        expect(lines.length).toBe(7);
        for (const { text } of lines)
          expect(text).toContain(
            `horizontal.go:275] "Unhandled Error" err="failed to compute desired number of replicas based on listed metrics for StatefulSet/default/db: ${message}"`,
          );
      });
    });

    it('looks at one ReplicaSet once at a time', () => {
      const first = Date.parse('2026-10-29T11:31:20Z');
      const event = (after: number, place: number) => ({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
          name: `web.${(BigInt(first + after) * 1_000_000n + BigInt(place)).toString(16).padStart(16, '0')}`,
          ...{ namespace: 'default', uid: `e-${place}` },
        },
        ...{ type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: web-${place}`, count: 1 },
        ...{ firstTimestamp: '2026-10-29T11:31:20Z', lastTimestamp: '2026-10-29T11:31:20Z' },
        source: { component: 'replicaset-controller' },
        involvedObject: { kind: 'ReplicaSet', namespace: 'default', name: 'web', uid: 'u-web', apiVersion: 'apps/v1' },
      });
      world['events'] = [0, 0, 1, 3, 20, 41, 60, 75, 90, 200, 201, 700].map(event);
      const synced = told('kube-controller-manager', Date.parse(born) + 120_000).flatMap(({ text }) => {
        const [, seconds, ms] = /:(\d\d\.\d{6}) .*"Finished syncing".* duration="([\d.]+)ms"$/.exec(text) ?? [];
        return ms === undefined ? [] : [{ ended: Number(seconds) * 1000, took: Number(ms) }];
      });
      delete world['events'];
      expect(synced.length).toBeGreaterThan(2);
      for (const [place, { ended, took }] of synced.slice(1).entries()) {
        expect(ended - synced[place]!.ended).toBeGreaterThanOrEqual(took);
      }
      expect(new Set(synced.map(({ took }) => took)).size).toBe(synced.length);
    });

    it('tells whom the collector of Pods has deleted, those of Nodes that were gone', () => {
      const [left, at] = [now - 200_000, now - 150_000];
      const pod = (name: string, nodeName: string) => ({
        ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', uid: name }, spec: { nodeName } },
      });
      const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC' }];
      const marked = { ...pod('marked', 'w-1'), status: { conditions } };
      const gone: Record<string, { object: object; at: number }[]> = {
        nodes: [{ object: node('w-1', '10.20.1.20'), at: left }],
        pods: [
          { object: pod('ended', 'w-1'), at: left - 1000 },
          { object: pod('orphan', 'w-1'), at },
          { object: pod('other', 'cp-2'), at },
          // Where hosts come and go faster than life it has not to wait as long.
          { object: marked, at: left + 5000 },
          { object: pod('over', 'w-1'), at: left + 5010 },
        ],
      };
      const lines = told('kube-controller-manager', now, 'cp-1', {}, (plural) => gone[plural] ?? [])
        .map(({ text }) => text)
        .filter((text) => text.includes('gc_controller.go'));
      const collected = (name: string) => [
        `"PodGC is force deleting Pod" logger="pod-garbage-collector-controller" pod="default/${name}"`,
        `"Forced deletion of orphaned Pod succeeded" logger="pod-garbage-collector-controller" pod="default/${name}"`,
      ];
      const said = lines.map((text) => text.replace(/^.*\] /, ''));
      expect(said).toEqual([...collected('marked'), ...collected('over'), ...collected('orphan')]);
    });

    it('lets all members of etcd compact to the same revision, with the same hash', () => {
      const hashes = (nodeName: string) =>
        told('etcd', now, nodeName).flatMap(({ text }) => /"storing new hash".*/.exec(text) ?? []);
      const [one, other] = [hashes('cp-1').map(String), hashes('cp-2').map(String)];
      const both = Math.min(one.length, other.length);
      expect(one.slice(-both)).toEqual(other.slice(-both));
      expect(both).toBeGreaterThan(50);
      // Each file is turned over at a moment of its own.
      expect(one.length).not.toBe(other.length);
    });
  });

  describe('of a manager of the platform', () => {
    const began = '2026-11-29T11:00:00Z';
    const ns = 'cpaas-system';
    const name = 'capi-controller-manager';
    const metadata = { name: `${name}-1234-abcde`, namespace: ns, uid: 'u-capi' };
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-1234`, uid: 'u-rs' };
    const manager = (holder: string, events: object[] = [], journal?: Journal) => {
      const lease = {
        metadata: { name: 'controller-leader-election-capi', namespace: ns },
        spec: { holderIdentity: `${holder}_1`, acquireTime: '2026-11-29T11:00:17.000000Z' },
      };
      const state = { running: { startedAt: began } };
      const one = {
        ...{ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, ownerReferences: [owner] } },
        spec: { nodeName: 'global-1', containers: [{ name: 'manager' }] },
        status: { containerStatuses: [{ name: 'manager', image: 'r/capi:v1.10.4', state, lastState: {} }] },
      };
      const objects = (plural: string) => (plural === 'leases' ? [lease] : []) as never;
      const question = { ...nothing, pod: one, container: 'manager', now, objects, events: () => events as never };
      return componentLogs(question, undefined, journal).map(({ text }) => text);
    };
    const event = (kind: string, about: string, component: string, reason: string, message: string, at: number) => ({
      ...{ apiVersion: 'v1', kind: 'Event', type: 'Normal', reason, message, source: { component }, count: 1 },
      metadata: {
        name: `${about}.${(BigInt(Date.parse('2026-11-29T11:20:00Z') + at) * 1_000_000n).toString(16)}`,
        namespace: ns,
      },
      involvedObject: { apiVersion: 'cluster.x-k8s.io/v1beta1', kind, name: about, namespace: ns, uid: 'u' },
      ...{ firstTimestamp: '2026-11-29T11:20:00Z', lastTimestamp: '2026-11-29T11:20:00Z' },
    });

    it('starts its controllers where it leads, and waits where another does', () => {
      const leads = manager(metadata.name);
      const at = (words: string) => leads.findIndex((text) => text.includes(words));
      expect(at('"Starting manager" logger="setup" version="v1.10.4"')).toBeGreaterThanOrEqual(0);
      expect(at('successfully acquired lease')).toBeGreaterThan(at('attempting to acquire'));
      expect(at('"Starting EventSource" controller="machineset"')).toBeGreaterThan(at('successfully acquired lease'));
      expect(at('"Starting workers" controller="machineset"')).toBeGreaterThan(
        at('"Starting Controller" controller="machineset"'),
      );
      expect(manager('another').at(-1)).toContain('"Serving metrics server"');
      expect(manager('another').join()).not.toContain('Starting Controller');
    });

    it('tells what its controllers wrote as they wrote it, and every Event that they recorded', () => {
      const since = Date.parse('2026-11-29T11:20:00Z');
      const journal = new Journal(since);
      const of = (kind: string, called: string, turn: number, more: Partial<Entry> = {}) => {
        const ownerReferences = kind === 'MachineSet' ? [{ kind: 'MachineDeployment', name: 'w' } as never] : [];
        const object = { apiVersion: 'cluster.x-k8s.io/v1beta1', kind, spec: { clusterName: 'lab' } };
        journal.write(
          name,
          since + 500,
          { ...object, metadata: { name: called, namespace: ns, ownerReferences } },
          {
            ...{ place: 'x.go:1', message: '', values: {}, controller: kind.toLowerCase(), turn, ...more },
          },
        );
      };
      const told = { type: 'Normal', reason: 'SuccessfulScale', message: 'scaled', component: 'c' };
      of('MachineDeployment', 'w', 1, { event: told });
      of('MachineDeployment', 'w', 1, { message: 'went on' });
      for (const turn of [2, 3]) of('MachineSet', 'w-a', turn, { message: 'Scale up on hold', values: { Desired: 3 } });
      of('MachineDeployment', 'w', 4, { event: told });
      of('MachineSet', 'w-a', 5, {
        place: 'controller.go:316',
        message: 'Reconciler error',
        values: { err: 'no' },
        level: 'E',
      });
      const lines = manager(metadata.name, [], journal).filter((text) => text.slice(1, 11) === '1129 11:20');
      expect(lines.map((text) => /\] "((?:[^"\\]|\\.)*)"/.exec(text)?.[1])).toEqual([
        ...['went on', 'scaled', 'Scale up on hold', 'Scale up on hold', 'scaled', 'Reconciler error'],
      ]);
      expect(lines[2]).toMatch(
        / MachineSet="cpaas-system\/w-a" .* Cluster="cpaas-system\/lab" MachineDeployment="cpaas-system\/w" Desired=3$/,
      );
      expect(lines.at(-1)).toMatch(/^E1129 .*"Reconciler error" err="no" controller="machineset"/);
      const [first, second] = [lines[2], lines[3]].map((text) => /reconcileID="([^"]+)"/.exec(text!)?.[1]);
      expect(first).not.toBe(second);
    });

    it('tells a scale and a drain in the order in which one thing leads to the next', () => {
      const told = manager(metadata.name, [
        event(
          'Machine',
          'w-a-1',
          'machine-controller',
          'SuccessfulDrainNode',
          'success draining Machine\'s node "n1"',
          900,
        ),
        event('MachineSet', 'w-a', 'machineset-controller', 'SuccessfulCreate', 'Created machine "w-a-3"', 106),
        event('MachineSet', 'w-a', 'machineset-controller', 'SuccessfulCreate', 'Created machine "w-a-2"', 104),
        event(
          'MachineDeployment',
          'w',
          'machinedeployment-controller',
          'SuccessfulScale',
          `Scaled MachineSet ${ns}/w-a: 1 -> 3`,
          104,
        ),
      ]).filter((text) => text.startsWith('I1129 11:20'));
      const shown = told.map((text) => /\] "((?:[^"\\]|\\.)*)"/.exec(text)?.[1]);
      expect(shown.filter((text) => !text?.startsWith('Waiting'))).toEqual([
        `Scaled MachineSet ${ns}/w-a: 1 -> 3`,
        'MachineSet is scaling up to 3 replicas by creating 2 machines',
        'Created machine 1 of 2',
        'Created machine \\"w-a-2\\"',
        'Created machine 2 of 2',
        'Created machine \\"w-a-3\\"',
        'Draining Node',
        'Drain completed',
        'success draining Machine\'s node \\"n1\\"',
      ]);
      const stamps = told.map((text) => text.slice(0, 21));
      expect(stamps).toEqual([...stamps].sort());
    });
  });
});

it('tells of Pods that are gone what it told of them, and that their ports went', () => {
  const ovn = (name: string) => `ovn.kubernetes.io/${name}`;
  const gone = {
    ...{ apiVersion: 'v1', kind: 'Pod', spec: { nodeName: 'w-1' }, status: { startTime: '2026-11-29T11:30:10Z' } },
    metadata: {
      ...{ name: 'web', namespace: 'default', uid: 'u-web', creationTimestamp: '2026-11-29T11:30:10Z' },
      annotations: {
        ...{ [ovn('allocated')]: 'true', [ovn('ip_address')]: '10.3.0.9', [ovn('mac_address')]: '00:00:00:11:22:33' },
        ...{ [ovn('cidr')]: '10.3.0.0/16', [ovn('gateway')]: '10.3.0.1', [ovn('logical_switch')]: 'ovn-default' },
      },
    },
  };
  const at = Date.parse('2026-11-29T11:30:40Z');
  const cni = { ...pod({}), spec: { nodeName: 'w-1', containers: [{ name: 'cni-server' }] } };
  cni.metadata = { ...cni.metadata, namespace: 'kube-system' };
  cni.status.containerStatuses[0]!.name = 'cni-server';
  const removed = (plural: string) => (plural === 'pods' ? [{ object: gone, at }] : []);
  const told = componentLogs({ pod: cni, container: 'cni-server', now, ...nothing, removed });
  const when = (words: string) => told.find(({ text }) => text.includes(words))?.at ?? 0;
  expect(when('add port request: {kube-ovn web default')).toBeLessThan(when('del port request: {kube-ovn web default'));
  expect(when('del port request')).toBeLessThan(at);
});

describe('the log of a member of etcd', () => {
  const node = (name: string, creationTimestamp: string) => ({
    ...{ apiVersion: 'v1', kind: 'Node' },
    metadata: { name, creationTimestamp, labels: { 'node-role.kubernetes.io/control-plane': '' } },
    status: { addresses: [{ type: 'InternalIP', address: '10.20.1.15' }] },
  });
  const told = (nodes: object[]) => {
    const etcd = { ...pod({}), spec: { nodeName: 'cp-1', containers: [{ name: 'etcd' }] } };
    etcd.metadata.namespace = 'kube-system';
    etcd.status.containerStatuses[0]!.name = 'etcd';
    return componentLogs({ pod: etcd, container: 'etcd', now, ...nothing, objects: () => nodes as never }).map(
      ({ text }) => text,
    );
  };
  const added = (nodes: object[]) => told(nodes).flatMap((text) => /"added-peer-id":"(\w+)"/.exec(text)?.[1] ?? []);

  it('tells who came after it, under another identity each time', () => {
    const first = added([node('cp-1', begun), node('cp-2', '2026-11-29T11:30:30Z')]);
    const again = added([node('cp-1', begun), node('cp-2', '2026-11-29T11:30:40Z')]);
    expect([first, again]).toEqual([[expect.any(String)], [expect.any(String)]]);
    expect(first).not.toEqual(again);
    expect(added([node('cp-1', begun), node('cp-2', begun)])).toEqual([]);
  });
});

it('an API server finds the groups of its version, in their order', () => {
  const told = (version: string) => {
    const server = { ...pod({}), spec: { nodeName: 'cp-1', containers: [{ name: 'kube-apiserver' }] } };
    server.metadata = { ...server.metadata, namespace: 'kube-system' };
    Object.assign(server.status.containerStatuses[0]!, {
      name: 'kube-apiserver',
      image: `r/kube-apiserver:${version}`,
    });
    return componentLogs({ pod: server, container: 'kube-apiserver', now, ...nothing }).flatMap(
      ({ text }) => /\] (Adding GroupVersion .*|Skipping API .*|API group .*)$/.exec(text)?.[1] ?? [],
    );
  };
  const later = told('v1.34.5');
  expect(later.slice(0, 4)).toEqual([
    'Adding GroupVersion apiextensions.k8s.io v1 to ResourceManager',
    'Skipping API apiextensions.k8s.io/v1beta1 because it has no resources.',
    'Adding GroupVersion  v1 to ResourceManager',
    'API group "internal.apiserver.k8s.io" is not enabled, skipping.',
  ]);
  expect(later.at(-1)).toBe('Skipping API apiregistration.k8s.io/v1beta1 because it has no resources.');
  const served = 'Adding GroupVersion resource.k8s.io v1 to ResourceManager';
  const off = 'API group "resource.k8s.io" is not enabled, skipping.';
  expect([later.includes(served), later.includes(off)]).toEqual([true, false]);
  const earlier = told('v1.33.7-2');
  expect([earlier.includes(served), earlier.includes(off)]).toEqual([false, true]);
  expect(earlier.indexOf('Adding GroupVersion autoscaling v2 to ResourceManager')).toBeLessThan(
    earlier.indexOf('Adding GroupVersion apps v1 to ResourceManager'),
  );
});
