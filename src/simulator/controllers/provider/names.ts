/** Names under which the simulated provider is known. */

export const baremetalMachineFinalizer = 'baremetalmachine.infrastructure.cluster.x-k8s.io';
export const baremetalClusterFinalizer = 'baremetalcluster.infrastructure.cluster.x-k8s.io';
/** The source of its Events. */
export const providerComponent = 'sim-baremetal-provider';
