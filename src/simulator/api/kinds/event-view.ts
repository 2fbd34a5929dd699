/**
 * Events have two groups and one place: what core/v1 calls `message` is `note` in events.k8s.io/v1, and so on. Names and
 * rules: k8s.io/kubernetes/pkg/apis/events/v1/conversion.go and pkg/apis/core/validation/events.go.
 */

import { type Cause, cause } from '../errors.ts';
import { isRecord, type KubeObject } from '../types.ts';

/** What a field of core/v1 is called in events.k8s.io/v1; others have one name. */
const NAMES: Readonly<Record<string, string>> = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
};
const CORE_NAMES = Object.fromEntries(Object.entries(NAMES).map(([core, newer]) => [newer, core]));
const GROUP = 'events.k8s.io/v1';
/** What core/v1 tells also where it is empty, and events.k8s.io/v1 does not. */
const TOLD = ['reportingComponent', 'reportingInstance'];

/** Shows Events of core/v1 as events.k8s.io/v1 does, and turns such back. */
export const eventView = {
  show: (event: KubeObject): KubeObject => {
    const shown = Object.entries(event).filter(([key, value]) => !(TOLD.includes(key) && value === ''));
    return { ...renamed(shown, NAMES), apiVersion: GROUP };
  },
  keep: (event: KubeObject): KubeObject => whole({ ...renamed(Object.entries(event), CORE_NAMES), apiVersion: 'v1' }),
};

const renamed = (fields: [string, unknown][], names: Readonly<Record<string, string>>): KubeObject =>
  Object.fromEntries(fields.map(([key, value]) => [names[key] ?? key, value])) as KubeObject;

/** Fields that are told of every Event, whether or not they say anything. */
const NOTHING = {
  ...{ source: {}, firstTimestamp: null, lastTimestamp: null, eventTime: null },
  ...{ reportingComponent: '', reportingInstance: '' },
};

/** An Event with the fields that a server tells of each; any other object as it is. */
export function whole(object: KubeObject): KubeObject {
  if (object.kind !== 'Event') return object;
  const { apiVersion, kind, metadata, ...rest } = object;
  if (apiVersion === 'v1') return { apiVersion, kind, metadata, ...NOTHING, ...rest };
  return apiVersion === GROUP ? eventView.show(eventView.keep(object)) : object;
}

/** What is wrong with a new one. */
export function eventCauses(object: KubeObject): Cause[] {
  const newer = object.apiVersion === GROUP;
  const { namespace } = object.metadata;
  const about = object[newer ? 'regarding' : 'involvedObject'];
  const given = isRecord(about) && typeof about['namespace'] === 'string' ? about['namespace'] : '';
  const fits = given === namespace || (given === '' && namespace === 'default');
  const misplaced = fits ? [] : [cause.invalid('involvedObject.namespace', given, 'does not match event.namespace')];
  // With a time of the newer kind an event has to say what the newer kind says, whoever writes it.
  const said = [newer ? 'reportingController' : 'reportingComponent', 'reportingInstance', 'action', 'reason'];
  const missing = (object['eventTime'] ? said : newer ? ['eventTime'] : [])
    .filter((field) => !object[field])
    .map((field) => cause.required(field));
  if (!newer) return [...misplaced, ...missing];
  const type = object['type'];
  const unset = ['deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'deprecatedCount', 'deprecatedSource'];
  return [
    ...misplaced,
    ...missing,
    ...(type === 'Normal' || type === 'Warning' ? [] : [cause.invalid('type', '', `has invalid value: ${type ?? ''}`)]),
    ...unset
      .filter((field) => isSet(object[field]))
      .map((field) => cause.invalid(coreName(field), '', 'needs to be unset')),
  ];
}

const coreName = (field: string): string => CORE_NAMES[field] ?? field;
const isSet = (value: unknown): boolean => Boolean(value) && (!isRecord(value) || Object.keys(value).length > 0);
