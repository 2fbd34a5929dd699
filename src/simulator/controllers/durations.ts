/**
 * How long things take in the simulated world, in ms at speed 1: means, around which chance spreads them. A reprovision
 * is apply + reboot + join + network, some six minutes; a clean plan is forty seconds.
 */
export const durations = {
  /** Plans, by type. */
  plan: {
    reprovision: 240_000,
    clean: 40_000,
    'storage-prepare': 45_000,
    'storage-release': 20_000,
    empty: 3_000,
    reset: 60_000,
    other: 20_000,
  } as Record<string, number>,
  /** From the end of the plan until the system agent runs again. */
  reboot: 70_000,
  /** From power on until the system agent runs. */
  boot: 110_000,
  /** Of both, from the beginning of the kernel on. */
  kernel: 20_000,
  /** Bounds of the time from registration until the agent of the installed system runs: it is written, and the host restarts. */
  installation: { least: 260_000, most: 540_000 },
  /** The forced second run of an applied plan after a reboot: nothing is left to do. */
  rerun: 6_000,
  /** Until kubeadm has joined the Node. */
  join: 40_000,
  /** Until the network plugin lets the Node be Ready. */
  network: 10_000,
  /** Until a kubelet that can post again has posted. */
  post: 5_000,
  /** The node lifecycle controller of a cluster calls a Node lost that has been silent so long (Kubernetes: 40 s). */
  grace: 40_000,
  /** The agent waits so long after a failure (domain rule: 30 s). */
  cooldown: 30_000,
  /** The agent asks its probes so often (domain rule: 5 s). */
  probePeriod: 5_000,
  /** Bounds of the agent's wait after an error of the API (domain rule: 1 to 5 min). */
  backoff: { least: 60_000, most: 300_000 },
  /** A host's storage observer reports so often (domain rule: 60 s). */
  report: 60_000,
  /** A report older than this is not believed (domain rule: 300 s). */
  freshReport: 300_000,
  /** The provider looks so often for a registry that nobody has named. */
  registryRetry: 30_000,
  /** Eviction of all pods. */
  drain: 15_000,
  /** The build of an ISO. */
  seedImage: 150_000,
  /** Bounds of the time from power on, over the firmware's tests and an ISO that comes over the network, until a host registers. */
  registration: { least: 120_000, most: 300_000 },
} as const;
