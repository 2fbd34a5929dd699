/** The same datacenter where Cluster API is served as v1beta2. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { header, type Simulation, startSimulation } from './kubectl.ts';

let sim: Simulation;
beforeAll(async () => {
  sim = await startSimulation('--still', '--clusterapi', 'v1beta2', '--hosts', '8', '--pools', '1', '--speed', '1000');
});
afterAll(async () => {
  await sim?.stop();
});

const ok = (words: string) => sim.ok(`-n cpaas-system ${words}`);

describe('Cluster API v1beta2', () => {
  it('is served, and the provider stays what it is', async () => {
    const versions = (await sim.ok('api-versions')).split('\n');
    expect(versions).toContain('cluster.x-k8s.io/v1beta2');
    expect(versions).toContain('controlplane.cluster.x-k8s.io/v1beta2');
    expect(versions).toContain('infrastructure.cluster.x-k8s.io/v1beta1');
  });

  it('prints the columns of its definitions', async () => {
    const columns = header(await ok('get machinedeployments'));
    expect(columns).toEqual(expect.arrayContaining(['CLUSTER', 'AVAILABLE', 'UP-TO-DATE', 'VERSION']));
    expect(columns).not.toContain('UNAVAILABLE');
    expect(header(await ok('get machines'))).toEqual(expect.arrayContaining(['NODE NAME', 'UP-TO-DATE']));
  });

  it('scales its groups and says so in its own words', async () => {
    const before = Number(await ok('get md prod-workers -o jsonpath={.spec.replicas}'));
    await ok(`scale md prod-workers --replicas=${before + 1}`);
    const done =
      '-n cpaas-system get md prod-workers -o jsonpath={.status.upToDateReplicas}/{.status.availableReplicas}';
    await sim.until(done, (text) => text === `${before + 1}/${before + 1}`);
    await ok('wait cluster prod --for=condition=Available --timeout=50s');
    expect(await ok('explain machinedeployment.status.upToDateReplicas')).toMatch(/upToDateReplicas/);
    expect(sim.stderr()).toBe('');
  });
});
