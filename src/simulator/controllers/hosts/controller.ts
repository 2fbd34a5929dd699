/**
 * The hosts: on each a system agent that applies the plan in its Secret, a machine that has power and boots, an observer
 * of its disks and a kubelet that joins what the plan told it to. What a host remembers is in memory; after a restart of
 * the simulator it is derived from the plan Secret and the Node: a host whose plan is applied and whose Node is missing
 * boots (again).
 */

import { durations } from '../durations.ts';
import { isNewAgent } from '../elemental/agent-generation.ts';
import { checksum, type Plan, parseObject, parsePlan, planSecrets, planTypeOf, text } from '../plan-secret.ts';
import { inventoryInformer, marks } from '../provider/inventory.ts';
import { identityPath, type NodeIdentity } from '../provider/plans.ts';
import type { Runtime } from '../runtime.ts';
import type { Secret } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import { runAgent } from './agent.ts';
import { type Body, createHosts, soonest } from './body.ts';
import { loseKubelet, runKubelet } from './kubelet.ts';
import { isLive, willRestart } from './live.ts';
import { observe, reportBoot, reportNow } from './observer.ts';
import { volumesOf } from './volumes.ts';

export interface HostOptions {
  /** Every host reports its disks so often, in simulated ms, though nothing has changed. Never where left out. */
  heartbeat?: number;
}

/** Registers the controller that plays all hosts. */
export function hostController(rt: Runtime, options: HostOptions = {}): void {
  const inventories = inventoryInformer(rt);
  const secrets = planSecrets(rt);
  const hosts = createHosts(rt, inventories, secrets);
  const controller = rt.controller('host', reconcile);
  secrets.onChange((secret, change) => {
    if (change !== 'deleted') controller.enqueue(secret.metadata.name);
  });
  inventories.onChange((inventory, change) => {
    const { name } = inventory.metadata;
    if (change === 'deleted') hosts.forget(name);
    // An agent that has started looks at its plan once it is known that its host has left the live system.
    else if (change === 'added' || hosts.body(name).forced || isWatched(inventory)) controller.enqueue(name);
  });
  rt.faults.onHost((name) => controller.enqueue(name));
  rt.faults.onCluster((cluster) => {
    for (const { metadata } of inventories.list()) {
      if (metadata.annotations?.[marks.cluster] === cluster) controller.enqueue(metadata.name);
    }
  });

  async function reconcile(name: string): Promise<number | undefined> {
    const secret = secrets.get(name);
    const inventory = inventories.get(name);
    if (!secret || !inventory) return undefined;
    const plan = parsePlan(secret);
    const body = hosts.body(name);
    const sum = checksum(secret);
    const applied = text(secret, 'applied-checksum') === sum;
    const identity = applied && planTypeOf(secret) === 'reprovision' ? identityOf(plan) : undefined;
    const power = await powerOf(name, body, secret, plan);
    if (power !== 'on') return soonest(power, await loseKubelet(hosts, name, identity));
    if (body.unreported !== undefined && (await reportBoot(hosts, name, body.unreported, secret, plan))) {
      delete body.unreported;
    }
    if (!identity) delete body.registered;
    const kubelet = identity ? await runKubelet(hosts, inventory, identity, sum, plan) : { up: false };
    if (kubelet.restart) {
      body.restart = { why: `plan ${sum}`, mean: durations.reboot, plan: sum };
      return 0;
    }
    if (isLive(rt, inventory)) {
      const observer = await observe(hosts, inventory, secret, plan, options.heartbeat);
      const rest = install(name, body, inventory);
      if (rest !== 'installed') return soonest(observer, rest);
    }
    await remount(name, secret, plan, inventory, identity !== undefined);
    const around = { plan, modern: isNewAgent(inventory), kubelet: kubelet.up };
    const agent = await runAgent(hosts, name, secret, around);
    const observer = await observe(hosts, hosts.inventories.get(name) ?? inventory, secret, plan, options.heartbeat);
    return soonest(agent, kubelet.again, observer);
  }

  /** `on`, or the ms until the host is; undefined as long as it has no power. Books a boot that is over. */
  async function powerOf(name: string, body: Body, secret: Secret, plan: Plan): Promise<'on' | number | undefined> {
    if (rt.faults.ofHost(name).off) {
      if (!body.off) rt.delays.forget(`host/${name}`);
      body.off = true;
      delete body.restart;
      return undefined;
    }
    if (body.off) {
      body.off = false;
      const applied = text(secret, 'applied-checksum') === checksum(secret);
      // Whatever boot was under way is done with this one.
      body.restart = {
        why: `power ${rt.timestamp()}`,
        mean: durations.boot,
        plan: applied ? checksum(secret) : undefined,
      };
    }
    const { restart } = body;
    if (!restart) return 'on';
    const rest = hosts.left(name, `boot ${restart.why}`, restart.mean);
    if (rest > 0) return rest;
    // The firmware takes most of the time, and then the kernel begins.
    const up = rt.clock.now();
    const kernel = rt.random('kernel', name, restart.why).around(durations.kernel);
    rt.boots.note(name, { began: up - kernel / rt.speed, up });
    if (!(await reportBoot(hosts, name, restart.why, secret, plan))) body.unreported = restart.why;
    rt.delays.forget(`host/${name}`);
    delete body.restart;
    if (restart.plan) body.bootedFor = restart.plan;
    delete body.registered;
    body.forced = true;
    return 'on';
  }

  /**
   * A host in the live system installs itself, and restarts where its registration wants that. Where it does not it is there for plans once
   * it is `installed` (provider documentation, onboarding: such a host "stays available"). Otherwise in how many ms to look again.
   */
  function install(name: string, body: Body, inventory: MachineInventory): number | 'installed' | undefined {
    // Its agent has started: what it reported of the installed system is on its way.
    if (body.forced && willRestart(rt, inventory)) return undefined;
    const { least, most } = durations.installation;
    const rest = rt.delays.left(
      `host/${name}`,
      'install',
      () => rt.random('install', name, rt.clock.now()).integer(least, most) - durations.reboot,
    );
    if (rest > 0) return rest;
    if (!willRestart(rt, inventory)) return 'installed';
    body.restart = { why: 'install', mean: durations.reboot };
    return 0;
  }

  /** A mount that works at last is reported at once. */
  async function remount(name: string, secret: Secret, plan: Plan, inventory: MachineInventory, running: boolean) {
    if (!running || volumesOf(plan).length === 0) return;
    const failing = rt.faults.ofHost(name).mountFails !== undefined;
    const wrong = inventory.status?.storage?.phase === 'Degraded';
    if (!failing && wrong && !hosts.waits(name, 'mounted')) {
      hosts.left(name, 'mounted', 0);
      await reportNow(hosts, name, secret, plan);
    } else if (failing) {
      hosts.forget(name, 'mounted');
    }
  }
}

/** Whether what is said of a host's storage is for it to act on. */
const isWatched = ({ spec, status }: MachineInventory): boolean =>
  status?.storage?.operation !== undefined || Boolean(spec?.storage?.volumes?.length);

/** What a reprovision plan tells its host to become; undefined where the plan is not the provider's. */
export function identityOf(plan: Plan): NodeIdentity | undefined {
  const file = plan.files?.find(({ path }) => path === identityPath);
  if (!file) return undefined;
  const { cluster, node, providerID, version, controlPlane } = parseObject(
    Buffer.from(file.content, 'base64').toString('utf8'),
  );
  if (typeof cluster !== 'string' || typeof node !== 'string' || typeof providerID !== 'string') return undefined;
  return { cluster, node, providerID, version: String(version ?? ''), controlPlane: controlPlane === true };
}
