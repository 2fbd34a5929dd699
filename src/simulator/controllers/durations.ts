/**
 * How long things take in the simulated world, in ms at speed 1: means, around which chance spreads them. A reprovision
 * is apply + reboot + rerun + join + network, some six minutes; a clean plan is forty seconds.
 */
export const durations = {
  /** Plans, by type. */
  plan: { reprovision: 240_000, clean: 40_000, empty: 3_000, reset: 60_000, other: 20_000 } as Record<string, number>,
  /** From the end of the plan until the system agent runs again. */
  reboot: 70_000,
  /** The forced second run of an applied plan after a reboot: nothing is left to do. */
  rerun: 6_000,
  /** Until kubeadm has joined the Node. */
  join: 35_000,
  /** Until the network plugin lets the Node be Ready. */
  network: 10_000,
  /** The agent waits so long after a failure (domain rule: 30 s). */
  cooldown: 30_000,
  /** Eviction of all pods. */
  drain: 15_000,
  /** The build of an ISO. */
  seedImage: 150_000,
  /** From power on until the live system has registered the host. */
  registration: 30_000,
} as const;
