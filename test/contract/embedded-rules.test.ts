/** What the embedded server refuses of Kubernetes' own kinds: words that a real kube-apiserver has answered with. */
import { describe, expect, it } from 'vitest';
import { kubernetesAdmission } from '../../src/simulator/api/admission/index.ts';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { workloadResources } from '../../src/simulator/workload/kinds.ts';

const root = { Pod: '/api/v1/namespaces/default/pods', Service: '/api/v1/namespaces/default/services' } as const;
const merge = 'application/merge-patch+json';
const DOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

function served(gitVersion = 'v1.32.11-2') {
  const api = createApi({ gitVersion, resources: workloadResources, plugins: kubernetesAdmission });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } };
  api.load([account]);
  const transport = apiTransport(api, {
    user: { name: 'admin', groups: ['system:masters'] },
    program: () => 'kubectl',
  });
  const send = (method: 'POST' | 'PATCH', path: string, body: object, contentType?: string) =>
    transport.json<Record<string, unknown>>({ method, path, body, ...(contentType ? { contentType } : {}) });
  /** The words of the refusal, without whom they are about. */
  const refusal = async (asked: Promise<unknown>) => {
    const words = await asked.then(
      () => 'nothing was refused',
      (error: Error) => error.message,
    );
    return words.replace(/^\S+ "[^"]*" is (invalid|forbidden): /, '');
  };
  return { send, refusal };
}

const pod = (spec: object, name = 'x') => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
const one = (more: object = {}) => ({ name: 'c', image: 'nginx', ...more });

describe('a Pod', () => {
  it('is refused with everything that is wrong with it', async () => {
    const { send, refusal } = served();
    const containers = [
      one({
        imagePullPolicy: 'Sometimes',
        ports: [
          { containerPort: 80, name: 'web' },
          { containerPort: 70_000, name: 'web' },
        ],
        volumeMounts: [{ name: 'nov', mountPath: '/x' }],
        resources: { requests: { cpu: 2, foo: 1 }, limits: { cpu: 1, memory: '-1' } },
      }),
      one({ image: '' }),
    ];
    expect(await refusal(send('POST', root.Pod, pod({ containers, restartPolicy: 'Never ' }, 'A_b')))).toBe(
      `[${[
        `metadata.name: Invalid value: "A_b": ${DOMAIN}`,
        'spec.containers[0].ports[1].name: Duplicate value: "web"',
        'spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.containers[0].volumeMounts[0].name: Not found: "nov"',
        'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
        'spec.containers[0].resources.limits[memory]: Invalid value: "-1": must be greater than or equal to 0',
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
        'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource for containers',
        'spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0',
        'spec.containers[1].image: Required value',
        'spec.containers[1].name: Duplicate value: "c"',
        'spec.restartPolicy: Unsupported value: "Never ": supported values: "Always", "OnFailure", "Never"',
      ].join(', ')}]`,
    );
  });

  it.each([
    [
      { serviceAccountName: 'nobody' },
      'error looking up service account default/nobody: serviceaccount "nobody" not found',
    ],
    [{ priorityClassName: 'high' }, 'no PriorityClass with name high was found'],
    [{ runtimeClassName: 'kata' }, 'pod rejected: RuntimeClass "kata" not found'],
    [
      { priority: 5 },
      'the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
  ])('needs what it names: %j', async (spec, words) => {
    const { send, refusal } = served();
    expect(await refusal(send('POST', root.Pod, pod({ containers: [one()], ...spec })))).toBe(words);
  });

  it('has the priority of its class, or of the one for all', async () => {
    const { send } = served();
    const path = '/apis/scheduling.k8s.io/v1/priorityclasses';
    const made = (name: string, value: number, more: object = {}) =>
      send('POST', path, {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        value,
        ...more,
      });
    await made('high', 1000, { preemptionPolicy: 'Never' });
    await made('usual', 7, { globalDefault: true });
    const spec = { containers: [one()], priorityClassName: 'high' };
    expect((await send('POST', root.Pod, pod(spec)))['spec']).toMatchObject({
      priority: 1000,
      preemptionPolicy: 'Never',
    });
    expect((await send('POST', root.Pod, pod({ containers: [one()] }, 'y')))['spec']).toMatchObject({
      ...{ priority: 7, priorityClassName: 'usual', preemptionPolicy: 'PreemptLowerPriority' },
    });
    await expect(made('other', 8, { globalDefault: true })).rejects.toThrow(
      'priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. Only one default can exist',
    );
  });

  it('changes in its image and little else, and what differs is shown', async () => {
    const { send, refusal } = served();
    await send('POST', root.Pod, pod({ containers: [one()] }));
    const edit = (spec: object) => refusal(send('PATCH', `${root.Pod}/x`, { spec }, merge));
    const whole = async (more: object) => [
      {
        ...((await send('PATCH', `${root.Pod}/x`, {}, merge))['spec'] as { containers: object[] }).containers[0],
        ...more,
      },
    ];
    await send('PATCH', `${root.Pod}/x`, { spec: { containers: await whole({ image: 'nginx:2' }) } }, merge);
    expect(await edit({ activeDeadlineSeconds: 10 })).toBe('nothing was refused');
    expect(await edit({ activeDeadlineSeconds: 20 })).toBe(
      'spec.activeDeadlineSeconds: Invalid value: 20: must be less than or equal to previous value',
    );
    expect(await edit({ containers: await whole({ command: ['sleep', '1'] }) })).toBe(
      [
        'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
        '  core.PodSpec{',
        '  \tVolumes:        nil,',
        '  \tInitContainers: nil,',
        '  \tContainers: []core.Container{',
        '  \t\t{',
        '  \t\t\tName:       "c",',
        '  \t\t\tImage:      "nginx:2",',
        '- \t\t\tCommand:    nil,',
        '+ \t\t\tCommand:    []string{"sleep", "1"},',
        '  \t\t\tArgs:       nil,',
        '  \t\t\tWorkingDir: "",',
        '  \t\t\t... // 19 identical fields',
        '  \t\t},',
        '  \t},',
        '  \tEphemeralContainers: nil,',
        '  \tRestartPolicy:       "Always",',
        '  \t... // 29 identical fields',
        '  }',
        '',
      ].join('\n'),
    );
  });

  it('cannot be read where it asks for what is no amount', async () => {
    const { send } = served();
    const containers = [one({ resources: { requests: { cpu: 'abc' } } })];
    await expect(send('POST', root.Pod, pod({ containers }))).rejects.toThrow(
      'Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression \'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$\'',
    );
  });
});

describe('other kinds', () => {
  const apps = '/apis/apps/v1/namespaces/default/deployments';
  const deployment = (spec: object) => ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [one()] } },
      ...spec,
    },
  });

  it.each([
    [
      { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:0, IntVal:0, StrVal:""}: may not be 0 when `maxSurge` is 0',
    ],
    [{ replicas: -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  ])('Deployment: %j', async (spec, words) => {
    const { send, refusal } = served();
    expect(await refusal(send('POST', apps, deployment(spec)))).toBe(words);
  });

  it.each([
    [
      'v1.33.7',
      'v1.LabelSelector{MatchLabels:map[string]string{"app":"c"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}',
    ],
    ['v1.34.1', '{"matchLabels":{"app":"c"}}'],
  ])('the selector of a Deployment never changes, as %s shows it', async (version, shown) => {
    const { send, refusal } = served(version);
    await send('POST', apps, deployment({}));
    const spec = { selector: { matchLabels: { app: 'c' } }, template: { metadata: { labels: { app: 'c' } } } };
    expect(await refusal(send('PATCH', `${apps}/web`, { spec }, merge))).toBe(
      `spec.selector: Invalid value: ${shown}: field is immutable`,
    );
  });

  it('a Service has a name, a port for each name, and no port twice', async () => {
    const { send, refusal } = served();
    const ports = [{ port: 80 }, { port: 80, targetPort: 99_999, name: 'b' }];
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: '1svc' }, spec: { ports } };
    expect(await refusal(send('POST', root.Service, service))).toBe(
      `[${[
        "metadata.name: Invalid value: \"1svc\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
        'spec.ports[0].name: Required value',
        'spec.ports[1].targetPort: Invalid value: 99999: must be between 1 and 65535, inclusive',
        'spec.ports[1]: Duplicate value: core.ServicePort{Name:"", Protocol:"TCP", AppProtocol:(*string)(nil), Port:80, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}',
      ].join(', ')}]`,
    );
  });

  it('a Service for a load balancer has a port on each Node, unless it wants none', async () => {
    const { send } = served();
    const made = (name: string, more: object) =>
      send('POST', root.Service, {
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name } },
        spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...more },
      });
    expect((await made('a', {}))['spec']).toMatchObject({
      allocateLoadBalancerNodePorts: true,
      ports: [{ nodePort: expect.any(Number) }],
    });
    const without = (await made('b', { allocateLoadBalancerNodePorts: false }))['spec'] as { ports: object[] };
    expect(without).toMatchObject({ allocateLoadBalancerNodePorts: false });
    expect(without.ports[0]).not.toHaveProperty('nodePort');
    expect((await made('c', { type: 'NodePort' }))['spec']).not.toHaveProperty('allocateLoadBalancerNodePorts');
    const turned = await send('PATCH', `${root.Service}/a`, { spec: { type: 'NodePort' } }, merge);
    expect(turned['spec']).not.toHaveProperty('allocateLoadBalancerNodePorts');
  });

  it('a Service of another type loses what only the old type has', async () => {
    const { send } = served();
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    };
    await send('POST', root.Service, service);
    const turned = async (spec: object) => (await send('PATCH', `${root.Service}/a`, { spec }, merge))['spec'];
    const inside = await turned({ type: 'ClusterIP' });
    expect(inside).not.toHaveProperty('externalTrafficPolicy');
    expect(inside).toMatchObject({ clusterIP: expect.any(String), ports: [{ port: 80, targetPort: 80 }] });
    expect((inside as { ports: object[] }).ports[0]).not.toHaveProperty('nodePort');
    expect(await turned({ type: 'ExternalName', externalName: 'a.test' })).not.toHaveProperty('clusterIP');
    expect(await turned({ type: 'ClusterIP', externalName: null })).toMatchObject({
      clusterIP: expect.stringMatching(/^10[.]96/),
    });
  });

  it.each([
    [
      'PersistentVolume',
      '/api/v1/persistentvolumes',
      { accessModes: ['Foo'], hostPath: { path: '' }, persistentVolumeReclaimPolicy: 'Keep' },
      [
        'spec.accessModes: Unsupported value: "Foo": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
        'spec.capacity: Required value',
        'spec.hostPath.path: Required value',
        'spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", "Retain"',
      ],
    ],
    [
      'ResourceQuota',
      '/api/v1/namespaces/default/resourcequotas',
      { hard: { foo: '1', pods: '1500m' }, scopes: ['Foo'] },
      [
        'spec.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
        'spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota',
        'spec.hard[pods]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1500m", Format:"DecimalSI"}: must be an integer',
        'spec.scopes: Invalid value: []core.ResourceQuotaScope{"Foo"}: unsupported scope',
      ],
    ],
  ])('%s', async (kind, path, spec, words) => {
    const { send, refusal } = served();
    const object = { apiVersion: 'v1', kind, metadata: { name: 'x' }, spec };
    expect(await refusal(send('POST', path, object))).toBe(`[${words.join(', ')}]`);
  });

  it.each([
    ['kubernetes.io/tls', {}, '[data[tls.crt]: Required value, data[tls.key]: Required value]'],
    [
      'kubernetes.io/dockerconfigjson',
      { '.dockerconfigjson': 'eA==' },
      'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character \'x\' looking for beginning of value',
    ],
    ['Opaque', { '..': '' }, 'data[..]: Invalid value: "..": must not be \'..\''],
  ])('a Secret of type %s holds what that says', async (type, data, words) => {
    const { send, refusal } = served();
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, type, data };
    expect(await refusal(send('POST', '/api/v1/namespaces/default/secrets', secret))).toBe(words);
  });

  it.each([
    ['61 * * * *', 'end of range (61) above maximum (59): 61'],
    ['foo', 'expected exactly 5 fields, found 1: [foo]'],
    ['CRON_TZ=UTC 1 * * * *', 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'],
  ])('a CronJob has a schedule: %s', async (schedule, words) => {
    const { send, refusal } = served();
    const spec = {
      schedule,
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [one()] } } } },
    };
    const job = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'x' }, spec };
    expect(await refusal(send('POST', '/apis/batch/v1/namespaces/default/cronjobs', job))).toBe(
      `spec.schedule: Invalid value: ${JSON.stringify(schedule)}: ${words}`,
    );
  });

  it('a Node keeps its provider and its addresses', async () => {
    const { send, refusal } = served();
    const spec = { providerID: 'a://b', podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] };
    await send('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec });
    const rest = '[]: Forbidden: node updates may only change labels, taints, or capacity';
    expect(await refusal(send('PATCH', '/api/v1/nodes/n', { spec: { providerID: 'c://d' } }, merge))).toBe(
      `[spec.providerID: Forbidden: node updates may not change providerID except from "" to valid, ${rest}]`,
    );
    expect(await refusal(send('PATCH', '/api/v1/nodes/n', { spec: { podCIDR: '10.2.0.0/24' } }, merge))).toBe(
      `[spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid, ${rest}]`,
    );
    expect(await refusal(send('PATCH', '/api/v1/nodes/n', { spec: { unschedulable: true } }, merge))).toBe(
      'nothing was refused',
    );
  });
});
