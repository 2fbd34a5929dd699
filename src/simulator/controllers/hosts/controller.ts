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
import { willRestart } from './live.ts';
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
    else if (change === 'added' || inventory.status?.storage?.operation || inventory.spec?.storage?.volumes?.length) {
      controller.enqueue(name);
    }
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
    await remount(name, secret, plan, inventory, identity !== undefined);
    const around = { plan, modern: isNewAgent(inventory), kubelet: kubelet.up };
    const agent = await runAgent(hosts, name, secret, around);
    const observer = await observe(hosts, hosts.inventories.get(name) ?? inventory, secret, plan, options.heartbeat);
    return soonest(agent, kubelet.again, observer, install(name, body, inventory, secret));
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
    if (!(await reportBoot(hosts, name, restart.why, secret, plan))) body.unreported = restart.why;
    rt.delays.forget(`host/${name}`);
    delete body.restart;
    if (restart.plan) body.bootedFor = restart.plan;
    delete body.registered;
    body.forced = true;
    return 'on';
  }

  /** A host in the live system installs itself and restarts, unless its plan brings a restart anyway. */
  function install(name: string, body: Body, inventory: MachineInventory, secret: Secret): number | undefined {
    if (!willRestart(rt, inventory) || planTypeOf(secret) !== 'empty') return undefined;
    if (text(secret, 'applied-checksum') === '') return undefined;
    const rest = hosts.left(name, 'install', durations.install);
    if (rest > 0) return rest;
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
