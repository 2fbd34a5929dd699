/** What containers have written, as far as it can be told. */
import { describe, expect, it } from 'vitest';
import { componentLogs } from '../../../src/simulator/workload/logs.ts';

const now = Date.parse('2026-11-29T11:31:00Z');
const begun = '2026-11-29T11:30:00Z';
const pod = (container: object, status: object = { state: { running: { startedAt: begun } }, lastState: {} }) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default', uid: 'u-1' } },
  spec: { containers: [{ name: 'c', ...container }] },
  status: { podIP: '10.3.0.7', hostIP: '10.20.1.9', startTime: begun, containerStatuses: [{ name: 'c', ...status }] },
});
const lines = (one: ReturnType<typeof pod>, previous = false) =>
  componentLogs({ pod: one, container: 'c', previous, now, revision: 1, events: () => [] });
const texts = (one: ReturnType<typeof pod>, previous = false) => lines(one, previous).map(({ text }) => text);

describe('the log of a container', () => {
  it('tells how nginx begins, and who asks it', () => {
    const readinessProbe = { httpGet: { port: 80, path: '/nope' }, periodSeconds: 20 };
    const said = texts(pod({ image: 'nginx:1.27', readinessProbe }));
    expect(said[0]).toMatch(/^\/docker-entrypoint\.sh: /);
    expect(said).toContainEqual(expect.stringMatching(/^2026\/11\/29 11:30:0\d \[notice\] 1#1: nginx\/1\.27\.2$/));
    const asked = said.filter((one) => one.includes('kube-probe'));
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatch(/^10\.20\.1\.9 - - \[29\/Nov\/2026:11:30:0\d \+0000\] "GET \/nope HTTP\/1\.1" 404 /);
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
    proxy.status.containerStatuses[0]!.name = 'kube-proxy';
    const [line] = componentLogs({ pod: proxy, container: 'kube-proxy', now, revision: 1, events: () => [] });
    expect(line!.text).toMatch(/^I1129 11:30:00\.\d{6} /);
    expect(line!.text).not.toMatch(/000 {7}1 /);
  });
});
