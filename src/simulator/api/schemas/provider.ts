/** The kinds of the bare-metal provider: infrastructure.cluster.x-k8s.io/v1beta1. */
import { plainConditions as conditions, kind, labelsAndAnnotations } from './meta.ts';
import { about, bool, choice, int32, list, map, object, type Schema, string, text, withDefault } from './schema.ts';

const reference = object({ 'name!': about('Its name, in the same namespace.', text(1)) });

const machineSpec = object({
  'machineInventoryPoolRef!': about('The pool from which a host is taken.', reference),
  providerID: about('Set by the provider; the Node of this machine carries the same.', string),
});

const failureDomains = map(object({ attributes: map(string), controlPlane: bool }));

export const BaremetalCluster = kind(
  'A BaremetalCluster is the infrastructure of a Cluster: its control plane endpoint and load balancer.',
  object({
    controlPlaneEndpoint: about(
      'Where the API server of the cluster is reached. Set once.',
      object({ 'host!': text(1), 'port!': int32(1, 65535) }),
    ),
    controlPlaneLoadBalancer: about(
      'What stands before the control plane machines.',
      object({
        'host!': about('The virtual IP, or the name of the load balancer.', text(1)),
        'port!': int32(1, 65535),
        type: about(
          'Internal: a virtual IP kept by the control plane machines. External: somebody else’s load balancer.',
          withDefault(choice('Internal', 'External'), 'Internal'),
        ),
        vrid: about('The virtual router id of an Internal one; unique in its network.', int32(0, 255)),
      }),
    ),
    networkType: about('The network plugin of the cluster.', string),
  }),
  object({ conditions, failureDomains, ready: about('True once machines may be made.', bool) }),
);

export const BaremetalMachine = kind(
  'A BaremetalMachine is the infrastructure of a Machine: a host allocated from a MachineInventoryPool.',
  machineSpec,
  object({
    addresses: about('Addresses of the machine.', list(object({ 'address!': string, 'type!': string }))),
    conditions,
    failureMessage: string,
    failureReason: string,
    lastAppliedBootstrapHash: string,
    lastAppliedPlanChecksum: about('The checksum of the plan that was last applied.', string),
    machineInventoryRef: about('Reference to the allocated MachineInventory.', reference),
    phase: about(
      'How far it is: from waiting for a host to running on it, and to giving it back.',
      choice('Pending', 'Allocated', 'Reprovisioning', 'Running', 'Preparing', 'Failed'),
    ),
    planSecretRef: about('The Secret with the plan of the host.', reference),
    ready: about('True once the host runs as a machine.', bool),
  }),
);

export const BaremetalMachineTemplate = kind(
  'A BaremetalMachineTemplate is the template of the BaremetalMachines of a machine group.',
  object({ 'template!': object({ metadata: object(labelsAndAnnotations), 'spec!': machineSpec }) }),
);

const hosts = (words: string) => about(words, int32());

export const MachineInventoryPool = kind(
  'A MachineInventoryPool is a list of hosts from which the machines of one cluster are allocated.',
  object({
    'clusterName!': about('The Cluster this pool is for.', text(1)),
    'machineInventories!': about(
      'The hosts in the pool.',
      list(object({ hostname: about('What its node is called.', string), 'name!': text(1) }), { min: 0 }),
    ),
  }),
  object({
    allocated: hosts('Hosts that run a machine.'),
    available: hosts('Hosts that may be taken.'),
    conditions,
    preparing: hosts('Hosts that are being cleaned.'),
    reprovisioning: hosts('Hosts that are being installed.'),
    total: hosts('Hosts in the pool.'),
    unavailable: hosts('Hosts that cannot be taken.'),
  }),
);

export const PROVIDER: Readonly<Record<string, Schema>> = {
  baremetalclusters: BaremetalCluster,
  baremetalmachines: BaremetalMachine,
  baremetalmachinetemplates: BaremetalMachineTemplate,
  machineinventorypools: MachineInventoryPool,
};
