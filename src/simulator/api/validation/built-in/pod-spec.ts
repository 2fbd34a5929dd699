/** The specification of a Pod, of its own or in a template: k8s.io/kubernetes/pkg/apis/core/validation. */

import { isIP } from 'node:net';
import { type Cause, cause } from '../../errors.ts';
import { keyFaults, labelFaults } from '../../kinds/names.ts';
import { shown } from '../go/values.ts';
import {
  annotationCauses,
  type Fields,
  fieldsOf,
  labelCauses,
  labelName,
  oneOf,
  type Rules,
  records,
  subdomain,
  texts,
} from '../tools.ts';
import { containerCauses, initCauses } from './containers.ts';
import { selectorCauses } from './selectors.ts';
import { volumeCauses } from './volumes.ts';

const RESTARTS = ['Always', 'OnFailure', 'Never'];
const DNS = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
export const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const LARGEST = 2_147_483_647;

/** What is wrong with the specification of a Pod at `at`. */
export function podSpecCauses(at: string, given: unknown, rules: Rules): Cause[] {
  const spec = fieldsOf(given);
  const { causes, names } = volumeCauses(`${at}.volumes`, spec['volumes']);
  const others = records(spec['containers']).map(({ name }) => String(name));
  const named = (field: string, check: (field: string, value: string) => Cause[]) =>
    spec[field] ? check(`${at}.${field}`, String(spec[field])) : [];
  const deadline = spec['activeDeadlineSeconds'];
  const late = typeof deadline === 'number' && (deadline < 1 || deadline > LARGEST);
  return [
    ...causes,
    ...containerCauses(`${at}.containers`, spec['containers'], names, rules),
    ...initCauses(`${at}.initContainers`, spec['initContainers'], names, others, rules),
    ...oneOf(`${at}.restartPolicy`, spec['restartPolicy'] ?? 'Always', RESTARTS),
    ...oneOf(`${at}.dnsPolicy`, spec['dnsPolicy'] ?? 'ClusterFirst', DNS),
    ...labelCauses(`${at}.nodeSelector`, spec['nodeSelector']),
    ...hostNetwork(`${at}.containers`, spec),
    ...ids(`${at}.securityContext`, fieldsOf(spec['securityContext'])),
    ...affinityCauses(`${at}.affinity`, fieldsOf(spec['affinity'])),
    ...spreads(`${at}.topologySpreadConstraints`, spec['topologySpreadConstraints']),
    ...named('serviceAccountName', subdomain),
    ...named('nodeName', subdomain),
    ...(late
      ? [cause.invalid(`${at}.activeDeadlineSeconds`, deadline, `must be between 1 and ${LARGEST}, inclusive`)]
      : []),
    ...named('hostname', labelName),
    ...named('subdomain', labelName),
    ...tolerationCauses(`${at}.tolerations`, spec['tolerations'], rules),
    ...aliases(`${at}.hostAliases`, spec['hostAliases']),
    ...named('priorityClassName', subdomain),
    ...named('runtimeClassName', subdomain),
    ...oneOf(`${at}.preemptionPolicy`, spec['preemptionPolicy'], ['Never', 'PreemptLowerPriority'], false),
  ];
}

/** What is wrong with a template of Pods at `at`. */
export function templateCauses(at: string, template: unknown, rules: Rules): Cause[] {
  return [...markCauses(at, template), ...podSpecCauses(`${at}.spec`, fieldsOf(template)['spec'], rules)];
}

/** What is wrong with the labels and annotations of one: of a StatefulSet the server looks at no more. */
export function markCauses(at: string, template: unknown): Cause[] {
  const { labels, annotations } = fieldsOf(fieldsOf(template)['metadata']);
  return [...labelCauses(`${at}.labels`, labels), ...annotationCauses(`${at}.annotations`, annotations)];
}

const ids = (at: string, context: Fields): Cause[] =>
  ['runAsUser', 'runAsGroup', 'fsGroup'].flatMap((key) => {
    const id = context[key];
    if (typeof id !== 'number' || (id >= 0 && id <= LARGEST)) return [];
    return [cause.invalid(`${at}.${key}`, id, `must be between 0 and ${LARGEST}, inclusive`)];
  });

const IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const aliases = (at: string, given: unknown): Cause[] =>
  records(given).flatMap(({ ip, hostnames }, index) => [
    ...(isIP(String(ip ?? '')) ? [] : [cause.invalid(`${at}[${index}].ip`, ip ?? '', IP)]),
    ...texts(hostnames).flatMap((name, place) => subdomain(`${at}[${index}].hostnames[${place}]`, name)),
  ]);

/** In the network of its Node a container has no other port than the Node. */
function hostNetwork(field: string, spec: Fields): Cause[] {
  if (spec['hostNetwork'] !== true) return [];
  return records(spec['containers']).flatMap(({ ports }, index) =>
    records(ports).flatMap(({ hostPort, containerPort }, at) =>
      !hostPort || hostPort === containerPort
        ? []
        : [
            cause.invalid(
              `${field}[${index}].ports[${at}].containerPort`,
              containerPort,
              'must match `hostPort` when `hostNetwork` is true',
            ),
          ],
    ),
  );
}

const NODE_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

function affinityCauses(at: string, { nodeAffinity, podAffinity, podAntiAffinity }: Fields): Cause[] {
  const node = fieldsOf(nodeAffinity);
  const field = `${at}.nodeAffinity`;
  const must = node[REQUIRED] === undefined ? undefined : records(fieldsOf(node[REQUIRED])['nodeSelectorTerms']);
  const weight = (place: string, value: unknown) =>
    typeof value === 'number' && value >= 1 && value <= 100
      ? []
      : [cause.invalid(`${place}.weight`, value ?? 0, 'must be in the range 1-100')];
  const terms = (place: string, pods: Fields): Cause[] => [
    ...records(pods[REQUIRED]).flatMap((term, index) => podTerm(`${place}.${REQUIRED}[${index}]`, term)),
    ...records(pods[PREFERRED]).flatMap((one, index) => [
      ...weight(`${place}.${PREFERRED}[${index}]`, one['weight']),
      ...podTerm(`${place}.${PREFERRED}[${index}].podAffinityTerm`, fieldsOf(one['podAffinityTerm'])),
    ]),
  ];
  return [
    ...(must?.length === 0
      ? [cause.required(`${field}.${REQUIRED}.nodeSelectorTerms`, 'must have at least one node selector term')]
      : []),
    ...(must ?? []).flatMap((term, index) => nodeTerm(`${field}.${REQUIRED}.nodeSelectorTerms[${index}]`, term)),
    ...records(node[PREFERRED]).flatMap((one, index) => [
      ...weight(`${field}.${PREFERRED}[${index}]`, one['weight']),
      ...nodeTerm(`${field}.${PREFERRED}[${index}].preference`, fieldsOf(one['preference'])),
    ]),
    ...terms(`${at}.podAffinity`, fieldsOf(podAffinity)),
    ...terms(`${at}.podAntiAffinity`, fieldsOf(podAntiAffinity)),
  ];
}

function nodeTerm(at: string, { matchExpressions }: Fields): Cause[] {
  return records(matchExpressions).flatMap(({ key, operator, values }, index) => {
    const field = `${at}.matchExpressions[${index}]`;
    const count = Array.isArray(values) ? values.length : 0;
    const word = String(operator ?? '');
    const found: Cause[] = [];
    if ((word === 'In' || word === 'NotIn') && count === 0) {
      found.push(cause.required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if ((word === 'Exists' || word === 'DoesNotExist') && count > 0) {
      found.push(
        cause.forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      );
    } else if ((word === 'Gt' || word === 'Lt') && count !== 1) {
      found.push(cause.required(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
    } else if (!NODE_OPERATORS.includes(word)) {
      found.push(cause.invalid(`${field}.operator`, word, 'not a valid selector operator'));
    }
    const faults = keyFaults(String(key ?? ''));
    return [...found, ...faults.map((why) => cause.invalid(`${field}.key`, String(key ?? ''), why))];
  });
}

function podTerm(at: string, { labelSelector, topologyKey }: Fields): Cause[] {
  const key = String(topologyKey ?? '');
  return [
    ...(labelSelector ? selectorCauses(`${at}.labelSelector`, labelSelector) : []),
    ...(key === '' ? [cause.required(`${at}.topologyKey`, 'can not be empty')] : []),
    ...(key === '' ? [] : keyFaults(key).map((why) => cause.invalid(`${at}.topologyKey`, key, why))),
  ];
}

function spreads(field: string, given: unknown): Cause[] {
  return records(given).flatMap(({ maxSkew, topologyKey, whenUnsatisfiable, labelSelector }, index) => {
    const at = `${field}[${index}]`;
    return [
      ...(typeof maxSkew === 'number' && maxSkew > 0
        ? []
        : [cause.invalid(`${at}.maxSkew`, maxSkew ?? 0, 'must be greater than zero')]),
      ...(topologyKey ? [] : [cause.required(`${at}.topologyKey`, 'can not be empty')]),
      ...(['DoNotSchedule', 'ScheduleAnyway'].includes(String(whenUnsatisfiable))
        ? []
        : [
            cause.notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable ?? '', ['DoNotSchedule', 'ScheduleAnyway']),
          ]),
      ...(labelSelector ? selectorCauses(`${at}.labelSelector`, labelSelector) : []),
    ];
  });
}

/** What is wrong with tolerations. */
export function tolerationCauses(field: string, tolerations: unknown, { minor }: Rules): Cause[] {
  return records(tolerations).flatMap((one, index) => {
    const at = `${field}[${index}]`;
    const [key, operator, value, effect] = ['key', 'operator', 'value', 'effect'].map((name) =>
      String(one[name] ?? ''),
    );
    const found: Cause[] = [];
    if (key) found.push(...keyFaults(key).map((why) => cause.invalid(`${at}.key`, key, why)));
    if (!key && operator !== 'Exists') {
      const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      found.push(cause.invalid(`${at}.operator`, operator, why));
    }
    if (one['tolerationSeconds'] !== undefined && effect !== 'NoExecute') {
      found.push(cause.invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    if (operator === '' || operator === 'Equal') {
      const faults = labelFaults(value ?? '');
      if (faults.length > 0) found.push(cause.invalid(`${at}.operator`, value, faults.join(';')));
    } else if (operator !== 'Exists') {
      found.push(cause.notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
    } else if (value) {
      const told = shown(minor, 'core.Toleration', one);
      found.push(cause.invalid(`${at}.operator`, told, "value must be empty when `operator` is 'Exists'"));
    }
    return [...found, ...oneOf(`${at}.effect`, effect, EFFECTS, false)];
  });
}
