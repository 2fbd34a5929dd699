import type { Schema } from './schema.ts';

const text: Schema = { type: 'string' };
const name: Schema = { type: 'string', minLength: 1 };
const count: Schema = { type: 'integer' };
const flag: Schema = { type: 'boolean' };
const textMap: Schema = { type: 'object', values: text };
const texts: Schema = { type: 'array', items: text };

const choice = (...allowed: string[]): Schema => ({ type: 'string', enum: allowed });
const object = (properties: Record<string, Schema>, ...required: string[]): Schema => ({
  type: 'object',
  properties,
  required,
});
const list = (items: Schema, maxItems?: number): Schema => ({ type: 'array', items, maxItems });
const whole = (spec: Schema, status: Schema = object({})): Schema => object({ spec, status });

const endpoint = { host: name, port: { type: 'integer', minimum: 1, maximum: 65535 } satisfies Schema };

/** metav1.Condition. */
const conditions = list(
  object(
    { type: text, status: choice('True', 'False', 'Unknown'), reason: name, message: text, lastTransitionTime: text },
    ...['lastTransitionTime', 'message', 'reason', 'status', 'type'],
  ),
);

const machineSpec = object(
  { machineInventoryPoolRef: object({ name }, 'name'), providerID: text },
  'machineInventoryPoolRef',
);

const volume = object(
  {
    name,
    filesystem: object(
      { type: choice('xfs', 'ext4'), policy: choice('Adopt', 'InitializeIfBlank'), expectedUUID: text },
      'policy',
      'type',
    ),
    mount: object({ path: { type: 'string', minLength: 2 }, options: list(text, 16), required: flag }, 'path'),
    source: object({ deviceID: { type: 'string', minLength: 5 } }, 'deviceID'),
  },
  ...['filesystem', 'mount', 'name', 'source'],
);

const device = object(
  {
    id: { type: 'string', minLength: 5 },
    kind: choice('DirectDisk', 'Partition', 'Multipath'),
    systemRole: text,
  },
  ...['id', 'kind', 'systemRole'],
);

/** The provider's and Elemental's CRDs. */
const PROVIDER: Record<string, Schema> = {
  baremetalclusters: whole(
    object({
      controlPlaneEndpoint: object(endpoint, 'host', 'port'),
      controlPlaneLoadBalancer: object(
        {
          ...endpoint,
          type: { ...choice('Internal', 'External'), default: 'Internal' },
          vrid: { type: 'integer', minimum: 0, maximum: 255 },
        },
        'host',
        'port',
      ),
      networkType: text,
    }),
    object({ ready: flag, conditions }),
  ),
  baremetalmachines: whole(
    machineSpec,
    object({
      ready: flag,
      conditions,
      phase: choice('Pending', 'Allocated', 'Reprovisioning', 'Running', 'Preparing', 'Failed'),
      addresses: list(object({ address: text, type: text }, 'address', 'type')),
      machineInventoryRef: object({ name }, 'name'),
      planSecretRef: object({ name }, 'name'),
    }),
  ),
  baremetalmachinetemplates: whole(
    object(
      {
        template: object({ metadata: object({ annotations: textMap, labels: textMap }), spec: machineSpec }, 'spec'),
      },
      'template',
    ),
  ),
  machineinventorypools: whole(
    object(
      { clusterName: name, machineInventories: list(object({ name, hostname: text }, 'name')) },
      'clusterName',
      'machineInventories',
    ),
    object({
      total: count,
      available: count,
      allocated: count,
      preparing: count,
      reprovisioning: count,
      unavailable: count,
      conditions,
    }),
  ),
  machineinventories: whole(
    object({
      observedNetwork: object({
        dnsServers: texts,
        searchDomains: texts,
        interfaces: list(object({ name: text, mac: text, mtu: count, addresses: texts }, 'name')),
        routes: list(object({ destination: text, gateway: text, interface: text, metric: count }, 'destination')),
      }),
      storage: object({ retryNonce: { type: 'integer', minimum: 0, default: 0 }, volumes: list(volume, 32) }),
    }),
    object({
      conditions,
      plan: object({ state: choice('Applied', 'Failed'), checksum: text }),
      observedStorage: object({ devices: list(device, 1024) }),
      storage: object({ conditions }),
    }),
  ),
  machineregistrations: whole(
    object({ machineName: text, machineInventoryLabels: textMap, machineInventoryAnnotations: textMap }),
    object({ conditions, registrationToken: text, registrationURL: text }),
  ),
  seedimages: whole(
    object(
      {
        baseImage: text,
        cleanupAfterMinutes: { type: 'integer', default: 60 },
        registrationRef: object({ name: text, namespace: text }),
        retriggerBuild: flag,
        targetPlatform: text,
        type: { ...choice('iso', 'raw'), default: 'iso' },
      },
      'registrationRef',
      'type',
    ),
    object({
      conditions,
      state: choice('Initialized', 'Started', 'Completed', 'Failed', 'NotStarted'),
      downloadURL: text,
      checksumURL: text,
    }),
  ),
};

const machine = object(
  { clusterName: name, version: text, bootstrap: object({}), infrastructureRef: object({}) },
  ...['bootstrap', 'clusterName', 'infrastructureRef'],
);
const replicated = (...required: string[]): Schema =>
  whole(
    object(
      { clusterName: name, replicas: count, selector: object({}), template: object({ spec: machine }) },
      ...required,
    ),
  );

/** What v1beta1 and v1beta2 of Cluster API's CRDs have in common. */
const CLUSTER_API: Record<string, Schema> = {
  clusters: whole(object({ paused: flag })),
  machines: whole(machine),
  machinedeployments: replicated('clusterName', 'selector', 'template'),
  machinesets: replicated('clusterName', 'selector'),
  machinehealthchecks: whole(object({ clusterName: name, selector: object({}) }, 'clusterName', 'selector')),
  kubeadmcontrolplanes: whole(
    object(
      { replicas: count, version: name, kubeadmConfigSpec: object({}), machineTemplate: object({}) },
      ...['kubeadmConfigSpec', 'machineTemplate', 'version'],
    ),
  ),
  kubeadmconfigs: whole(object({})),
  kubeadmconfigtemplates: whole(object({ template: object({}) }, 'template')),
};

const core = (properties: Record<string, Schema>): Schema => object(properties);

const CORE: Record<string, Schema> = {
  namespaces: core({}),
  secrets: core({ data: textMap, stringData: textMap, type: text, immutable: flag }),
  configmaps: core({ data: textMap, binaryData: textMap, immutable: flag }),
  events: core({ involvedObject: object({}), reason: text, message: text, type: text, count }),
};

/** The schema of a served kind, by its plural name. */
export const SCHEMAS: Readonly<Record<string, Schema>> = { ...CORE, ...PROVIDER, ...CLUSTER_API };
