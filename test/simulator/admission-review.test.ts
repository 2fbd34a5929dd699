/** What a real API server is answered when it asks the simulated webhooks. */
import { applyPatch } from 'rfc6902';
import { expect, it } from 'vitest';
import { answer } from '../../src/simulator/remote/admission-review.ts';
import { webhooks } from '../../src/simulator/webhooks/index.ts';
import { managementResources } from '../../src/simulator/world/management/index.ts';

const ask = (name: string, request: object) => {
  const hook = webhooks('v1beta1').find((one) => one.name === name)!;
  const resource = managementResources('v1beta1').find(
    ({ group, plural }) => group === hook.group && plural === hook.resources[0],
  )!;
  return answer(hook, resource, { uid: '1', operation: 'CREATE', ...request });
};
const group = {
  apiVersion: 'cluster.x-k8s.io/v1beta1',
  kind: 'MachineDeployment',
  metadata: { name: 'workers', namespace: 'cpaas-system' },
  spec: { clusterName: 'prod', selector: {}, template: { spec: { version: '1.33.0' } } },
};

it('sends defaults as a patch of what it was sent', () => {
  const { allowed, patch, patchType } = ask('default.machinedeployment.cluster.x-k8s.io', { object: group });
  expect([allowed, patchType]).toEqual([true, 'JSONPatch']);
  const after = structuredClone(group);
  const failed = applyPatch(after, JSON.parse(Buffer.from(patch!, 'base64').toString())).filter(Boolean);
  expect(failed).toEqual([]);
  expect(after.spec).toMatchObject({ replicas: 1, template: { spec: { version: 'v1.33.0' } } });
  expect(after.spec.selector).toEqual({
    matchLabels: { 'cluster.x-k8s.io/cluster-name': 'prod', 'cluster.x-k8s.io/deployment-name': 'workers' },
  });
  expect(ask('default.machinedeployment.cluster.x-k8s.io', { object: after })).toEqual({ uid: '1', allowed: true });
});

it('says why not, with a cause for each field', () => {
  const bad = { ...group, metadata: { namespace: 'cpaas-system' }, spec: { ...group.spec, replicas: -1 } };
  const { allowed, status } = ask('validation.machinedeployment.cluster.x-k8s.io', { object: bad });
  expect(allowed).toBe(false);
  expect(status).toMatchObject({ status: 'Failure', code: 422, reason: 'Invalid' });
  expect(status?.message).toMatch(/^MachineDeployment\.cluster\.x-k8s\.io "" is invalid: /);
});
