/** The group a stage replaces: its shape, its health, how it rolls, and the kubelet patch of its machines. */
import { findCondition } from '../../../domain/conditions.ts';
import { planeIllness } from '../../../domain/forecast/control-plane.ts';
import { planeNumber } from '../../../operations/scale.ts';
import { machinesIn } from '../route.ts';
import { few, machineSays, not, objectSays, open, type Rule } from './gate.ts';

/** etcd keeps its quorum with one of three away, and bare metal has no machine beyond the number (F14). */
export const planeShape: Rule = ({ stage, route }) => {
  if (stage?.sort !== 'control-plane') return [];
  const { plane } = route;
  const { desired } = plane.replicas;
  const surge = plane.rollout.maxSurge ?? '1';
  const number = desired === undefined ? 'its number of machines is not known' : planeNumber(desired);
  const figure = `${desired ?? '?'} machines, maxSurge ${surge}`;
  if (number === undefined && surge === '0') return [open('control-plane-shape', 'shape of the control plane', figure)];
  const why = number ?? `maxSurge is ${surge}: a new machine would wait for a host that is never freed`;
  const remedy =
    number === undefined
      ? {
          text: 'set maxSurge to 0',
          command: `kubectl patch kubeadmcontrolplanes.controlplane.cluster.x-k8s.io ${plane.name} --type merge -p '{"spec":{"rolloutStrategy":{"rollingUpdate":{"maxSurge":0}}}}'`,
        }
      : {
          text: 'scale it to an odd number, 3 at least',
          operation: { id: 'scale', target: { kind: 'controlPlane', uid: plane.uid, name: plane.name } as const },
        };
  return [
    not('block', 'control-plane-shape', 'shape of the control plane', why, remedy, {
      evidence: [objectSays(plane.object, figure)],
      override: 'never',
    }),
  ];
};

export const planeHealth: Rule = ({ stage, route, known, busy }) => {
  const { plane } = route;
  if (stage?.sort !== 'control-plane' || busy.has(plane.uid)) return [];
  const name = 'control-plane-health';
  const title = 'health of the control plane';
  const rows = machinesIn(known, plane);
  const sick = rows.flatMap((row) => {
    const why = row.machine ? planeIllness(row.machine) : `${row.name} has no Machine`;
    return why === undefined ? [] : [{ row, why }];
  });
  const conditions = ['EtcdClusterHealthy', 'ControlPlaneComponentsHealthy'].map((type) => ({
    type,
    condition: findCondition(plane.object.conditions, type),
  }));
  const bad = conditions.filter(({ condition }) => condition?.status !== 'True');
  if (sick.length + bad.length === 0)
    return [open(name, title, `${rows.length} machines, etcd and components healthy`)];
  const evidence = [
    ...sick.map(({ row, why }) => machineSays(row, why)),
    ...bad.map(({ type, condition }) =>
      objectSays(
        plane.object,
        `${type} ${condition?.status ?? 'is not reported'} ${condition?.reason ?? ''}`.trim(),
        condition?.since,
      ),
    ),
  ];
  const reported = bad.some(({ condition }) => condition !== undefined);
  const result = sick.length > 0 || reported ? 'block' : 'unknown';
  const figure = few([
    ...sick.map(({ why }) => why),
    ...bad.map(({ type, condition }) => `${type} is ${condition?.status ?? 'not reported'}`),
  ]);
  const remedy = { text: `metaldeck explain group ${plane.name}: etcd must be whole before a member is taken away` };
  return [not(result, name, title, figure, remedy, { evidence, override: sick.length > 0 ? 'never' : 'typed' })];
};

/** One goes before one comes: nothing else works without spare hosts (F14). */
export const groupLimits: Rule = ({ stage }) => {
  const group = stage?.sort === 'workers' ? stage.group : undefined;
  if (!group) return [];
  const name = `rollout-limits/${group.name}`;
  const title = `how ${group.name} rolls out`;
  const { type = 'RollingUpdate', maxSurge = '1', maxUnavailable = '0' } = group.rollout;
  const figure = `${type}, maxSurge ${maxSurge}, maxUnavailable ${maxUnavailable}`;
  const bad = type !== 'RollingUpdate' || !/^0%?$/.test(maxSurge) || /^0%?$/.test(maxUnavailable);
  if (!bad) return [open(name, title, figure)];
  const remedy = {
    text: 'let it be RollingUpdate with maxSurge 0 and maxUnavailable 1',
    command: `kubectl patch machinedeployments.cluster.x-k8s.io ${group.name} --type merge -p '{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":0,"maxUnavailable":1}}}}'`,
  };
  return [
    not('block', name, title, figure, remedy, { evidence: [objectSays(group.object, figure)], override: 'never' }),
  ];
};

/** Wanted from 1.35 on, and not known to kubelets before. */
export const kubeletPatch: Rule = ({ stage, outlines }) => {
  const group = stage?.group;
  if (!stage || !group) return [];
  const plane = group.controlPlane;
  const problem = plane ? outlines.planeProblem(stage.hop) : outlines.groupProblem(stage.hop, group);
  const figure = plane ? outlines.planePatch(stage.hop) : outlines.groupPatch(stage.hop, group);
  const name = `kubelet-patch/${group.name}`;
  const title = `kubelet patch of ${group.name}`;
  if (problem === undefined) return [open(name, title, figure ?? 'nothing to do')];
  const remedy = {
    text: plane
      ? 'mend the file in the control plane'
      : 'give the group a template that can be read, with the operation bootstrap',
  };
  return [
    not('block', name, title, problem, remedy, { evidence: [objectSays(group.object, problem)], override: 'never' }),
  ];
};
