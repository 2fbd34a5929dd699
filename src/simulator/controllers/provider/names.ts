/** Names under which the simulated provider is known. */

export const baremetalMachineFinalizer = 'baremetalmachine.infrastructure.cluster.x-k8s.io';
export const baremetalClusterFinalizer = 'baremetalcluster.infrastructure.cluster.x-k8s.io';
/** The source of its Events. */
export const providerComponent = 'sim-baremetal-provider';
/** Holds an inventory while volumes of its host are managed. */
export const storageFinalizer = 'storage.baremetal.alauda.io/finalizer';
