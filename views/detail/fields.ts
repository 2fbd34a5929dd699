/** What a detail screen says of each kind, besides conditions, relations and events. */

import { findMachine } from '../../src/domain/fleet/find.ts';
import type { Fleet, ObjectRef } from '../../src/domain/fleet/rows.ts';
import type { DomainObject, Replicas } from '../../src/domain/objects.ts';
import { planStateText, planStateTone } from '../parts/cells.ts';
import { type DetailLine, field, section } from './line.ts';

function problemLines(
  row: { problem?: { severity: string; text: string; since?: number }; waiting?: string } | undefined,
) {
  if (!row) return [];
  return [
    ...field('problem', row.problem?.text, {
      tone: row.problem?.severity === 'bad' ? 'bad' : 'warn',
      since: row.problem?.since,
    }),
    ...field('waiting on', row.waiting, { tone: 'busy' }),
  ];
}

function replicaLines(replicas: Replicas): DetailLine[] {
  const shown = (value: number | undefined) => value ?? 'not reported';
  return [
    ...field('desired', shown(replicas.desired)),
    ...field('machines now', shown(replicas.current)),
    ...field('up to date', shown(replicas.upToDate)),
    ...field('ready', shown(replicas.ready)),
    ...field('available', shown(replicas.available)),
  ];
}

function endpointText(endpoint: { host?: string; port?: number } | undefined): string | undefined {
  return endpoint?.host ? `${endpoint.host}${endpoint.port ? `:${endpoint.port}` : ''}` : undefined;
}

function hostLines(fleet: Fleet, ref: ObjectRef): DetailLine[] {
  const row = fleet.hosts.byUid.get(ref.uid);
  if (!row) return [];
  const host = row.object;
  return [
    ...problemLines(row),
    ...field('use', row.use, { since: row.since }),
    ...field('plan', row.plan && `${row.plan.type} ${planStateText(row.plan.state)}`, {
      tone: planStateTone(row.plan?.state),
    }),
    ...field('pool', row.pool && `${row.pool}${row.position === undefined ? '' : `, place ${row.position + 1}`}`),
    ...field('hostname', row.hostname),
    ...field('machine', row.machine),
    ...field('node', row.node),
    ...field('cluster', row.cluster),
    ...field('allocation', host.allocation ?? 'not set'),
    ...field('serial', host.serial),
    ...field('machine uuid', host.machineUuid),
    ...field('os', host.os),
    ...field('registered from', host.registrationIp),
    ...field('boot id', host.bootId),
    ...field('storage', host.storagePhase, { since: host.storageObservedAt }),
    ...field(
      'storage operation',
      host.storageOperation &&
        [host.storageOperation.type, host.storageOperation.phase, host.storageOperation.mutationState]
          .filter(Boolean)
          .join(' '),
    ),
    ...section(
      'NETWORK',
      host.interfaces.map((each) => ({
        id: each.name,
        label: each.name,
        text: [each.addresses.join(' '), each.mac].filter(Boolean).join('  '),
      })),
    ),
  ];
}

function planLines(fleet: Fleet, ref: ObjectRef): DetailLine[] {
  const row = fleet.plans.byUid.get(ref.uid);
  if (!row) return [];
  const detail = row.detail;
  return [
    ...problemLines(row),
    ...field('type', row.type),
    ...field('state', planStateText(row.state), { tone: planStateTone(row.state) }),
    ...field(
      'judged by',
      {
        checksum: "the Secret's own checksums",
        agent: "the agent's plan-state",
        reported: 'the MachineInventory alone, which may lag',
        unknown: 'nothing yet',
      }[row.state.source],
      { tone: 'dim' },
    ),
    ...field('host', row.host),
    ...field(
      'last applied',
      detail?.lastApplied === undefined ? undefined : new Date(detail.lastApplied).toISOString(),
      { since: detail?.lastApplied },
    ),
    ...field('failures', detail?.failureCount),
    ...field('successes', detail?.successCount),
    ...field('most failures', detail ? (detail.maxFailures ?? 'no limit: the agent tries without end') : undefined),
    ...field('plan', detail?.checksum ?? (detail ? 'empty' : undefined)),
    ...field('applied', detail?.appliedChecksum),
    ...field('failed', detail?.failedChecksum),
    ...field('size', detail?.size === undefined ? undefined : `${detail.size} bytes, not shown: it holds join tokens`),
    ...section(
      'STEPS',
      (detail?.instructions ?? []).map((name, index) => ({ id: `${index}`, label: `${index + 1}`, text: name })),
    ),
  ];
}

function machineLines(fleet: Fleet, ref: ObjectRef): DetailLine[] {
  const row = findMachine(fleet, ref);
  if (!row) return [];
  return [
    ...problemLines(row),
    ...field('phase', row.phase, { since: row.since }),
    ...field('machine phase', row.machine?.phase),
    ...field('version', row.version),
    ...field('group', row.group),
    ...field('role', row.controlPlane ? 'control plane' : 'worker'),
    ...field('cluster', row.cluster),
    ...field('pool', row.pool),
    ...field('host', row.host),
    ...field('plan', planStateText(row.planState), { tone: planStateTone(row.planState) }),
    ...field('node', row.node),
    ...field('node version', row.nodeVersion),
    ...field('provider id', row.machine?.providerId ?? row.baremetal?.providerId),
    ...field('addresses', row.baremetal?.addresses.join(' ')),
    ...field('delete mark', row.machine?.deleteMark ? 'set: the next scale-down takes it first' : undefined, {
      tone: 'warn',
    }),
    ...field('failure', [row.baremetal?.failure?.reason, row.baremetal?.failure?.message].filter(Boolean).join(': '), {
      tone: 'bad',
    }),
  ];
}

function groupLines(fleet: Fleet, ref: ObjectRef): DetailLine[] {
  const row = fleet.groups.byUid.get(ref.uid);
  if (!row) return [];
  return [
    ...problemLines(row),
    ...field('role', row.controlPlane ? 'control plane' : 'workers'),
    ...field('cluster', row.cluster),
    ...field('version', row.version),
    ...field('rollout', row.paused ? 'paused' : row.rolling ? 'rolling' : row.done ? 'done' : 'not ready'),
    ...field(
      'strategy',
      `${row.rollout.type ?? 'default'}, surge ${row.rollout.maxSurge ?? 'default'}, unavailable ${row.rollout.maxUnavailable ?? 'default'}`,
    ),
    ...field('template', row.infraTemplate),
    ...field('bootstrap', row.bootstrapTemplate),
    ...field('pool', row.pool),
    ...section('REPLICAS', replicaLines(row.replicas)),
    ...section(
      'MACHINES',
      row.machines.flatMap((uid) => {
        const machine = fleet.machines.byUid.get(uid);
        if (!machine) return [];
        const text = [machine.phase, machine.version, machine.host, machine.problem?.text ?? machine.waiting]
          .filter(Boolean)
          .join('  ');
        const target: ObjectRef = {
          kind: machine.machine ? 'machine' : 'baremetalMachine',
          uid: machine.machine?.uid ?? machine.uid,
          name: machine.name,
        };
        return [
          { id: uid, label: machine.name, text, ref: target, tone: machine.problem ? ('warn' as const) : undefined },
        ];
      }),
    ),
  ];
}

function poolLines(fleet: Fleet, ref: ObjectRef): DetailLine[] {
  const row = fleet.pools.byUid.get(ref.uid);
  if (!row) return [];
  const counters = ['total', 'available', 'allocated', 'preparing', 'reprovisioning', 'unavailable'] as const;
  return [
    ...problemLines(row),
    ...field('cluster', row.cluster),
    ...section(
      'COUNTERS',
      counters.map((key) => {
        const reported = row.reported?.[key];
        const differs = row.mismatch.includes(key);
        return {
          id: key,
          label: key,
          text: `${String(row.counted[key]).padStart(5)}   ${reported === undefined ? 'not reported' : String(reported).padStart(5)}${differs ? '   differs' : ''}`,
          tone: differs ? ('warn' as const) : undefined,
        };
      }),
      'counted here, then as the provider reports',
    ),
    ...field(
      'sum',
      row.sumOk === undefined
        ? 'cannot be judged: the provider left figures out'
        : row.sumOk
          ? 'adds up to total'
          : 'does not add up to total',
      {
        tone: row.sumOk === false ? 'warn' : undefined,
      },
    ),
    ...section(
      'MEMBERS',
      row.members.map((member, index) => ({
        id: `${index}/${member.name}`,
        label: member.name,
        text: member.host
          ? [member.host.use, member.hostname, member.host.machine, member.host.problem?.text ?? member.host.waiting]
              .filter(Boolean)
              .join('  ')
          : 'no such MachineInventory',
        tone: member.host ? (member.host.problem ? ('warn' as const) : undefined) : ('bad' as const),
        ref: member.host ? { kind: 'host' as const, uid: member.host.uid, name: member.host.name } : undefined,
      })),
      'in declaration order: the order of allocation',
    ),
  ];
}

function clusterLines(fleet: Fleet, ref: ObjectRef): DetailLine[] {
  const row = fleet.clusters.byUid.get(ref.uid);
  if (!row) return [];
  const infra = row.infrastructure;
  return [
    ...problemLines(row),
    ...field('phase', row.phase),
    ...field('paused', row.paused ? 'yes: nothing moves until it is resumed' : undefined, { tone: 'warn' }),
    ...field('version', row.version),
    ...field('endpoint', row.endpoint),
    ...field(
      'load balancer',
      infra?.loadBalancer &&
        [
          infra.loadBalancer.type,
          endpointText(infra.loadBalancer),
          infra.loadBalancer.vrid === undefined ? '' : `vrid ${infra.loadBalancer.vrid}`,
        ]
          .filter(Boolean)
          .join(' '),
    ),
    ...field('network', infra?.networkType),
    ...field('pods', row.object.podCidrs.join(' ')),
    ...field('services', row.object.serviceCidrs.join(' ')),
    ...field('hosts', row.hosts),
    ...section(
      'GROUPS',
      row.groups.flatMap((uid) => {
        const group = fleet.groups.byUid.get(uid);
        if (!group) return [];
        const text = [
          `${group.replicas.ready ?? '?'}/${group.replicas.desired ?? '?'} ready`,
          group.version,
          group.rolling ? 'rolling' : '',
          group.problem?.text ?? group.waiting,
        ]
          .filter(Boolean)
          .join('  ');
        return [
          {
            id: uid,
            label: group.name,
            text,
            ref: {
              kind: group.controlPlane ? ('controlPlane' as const) : ('deployment' as const),
              uid,
              name: group.name,
            },
          },
        ];
      }),
    ),
  ];
}

function otherLines(object: DomainObject): DetailLine[] {
  switch (object.kind) {
    case 'baremetalMachineTemplate':
      return field('pool', object.pool);
    case 'baremetalCluster':
      return [
        ...field('ready', object.ready ?? 'not reported'),
        ...field('endpoint', endpointText(object.endpoint)),
        ...field('network', object.networkType),
      ];
    case 'registration':
      return [...field('url', object.url), ...field('names hosts', object.machineName)];
    case 'seedImage':
      return [
        ...field('download', object.downloadUrl),
        ...field('checksum', object.checksumUrl),
        ...field('base image', object.baseImage),
        ...field('registration', object.registration),
        ...field('platform', object.targetPlatform),
        ...field('size', object.size),
        ...field(
          'cleaned up after',
          object.cleanupAfterMinutes === undefined ? undefined : `${object.cleanupAfterMinutes} minutes`,
        ),
        ...field('reported state', object.reportedState),
      ];
    case 'machineSet':
      return [
        ...field('group', object.deployment),
        ...field('revision', object.revision),
        ...field('version', object.version),
        ...field('template', object.infraTemplate?.name),
        ...field('bootstrap', object.bootstrapTemplate?.name),
        ...section('REPLICAS', replicaLines(object.replicas)),
      ];
    case 'healthCheck':
      return [
        ...field('cluster', object.clusterName),
        ...field('expected', object.expectedMachines),
        ...field('healthy', object.currentHealthy),
        ...field('remediations allowed', object.remediationsAllowed),
        ...field('most unhealthy', object.maxUnhealthy ?? object.unhealthyRange),
      ];
    case 'catalog':
      return section(
        'IMAGES',
        Object.entries(object.images).map(([version, image]) => ({ id: version, label: version, text: image })),
      );
    case 'event':
      return [
        ...field('type', object.type),
        ...field('reason', object.reason),
        ...field('message', object.message),
        ...field('about', object.about && `${object.about.apiKind} ${object.about.name}`),
        ...field('seen', `${object.occurrences} times`, { since: object.lastSeen }),
        ...field('source', object.source),
      ];
    default:
      return [];
  }
}

/** The fields of an object of any kind. */
export function fieldLines(fleet: Fleet, ref: ObjectRef, object: DomainObject): DetailLine[] {
  switch (ref.kind) {
    case 'host':
      return hostLines(fleet, ref);
    case 'plan':
      return planLines(fleet, ref);
    case 'machine':
    case 'baremetalMachine':
      return machineLines(fleet, ref);
    case 'deployment':
    case 'controlPlane':
      return groupLines(fleet, ref);
    case 'pool':
      return poolLines(fleet, ref);
    case 'cluster':
      return clusterLines(fleet, ref);
    default:
      return otherLines(object);
  }
}
