import { badRequest, type Cause, cause, internal, invalid, tooLargeRevision } from '../errors.ts';
import { isTrue } from '../target.ts';

/** Reads a whole number of a query. Throws the server's 400 for anything else. */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

/** Reads `resourceVersion` of a query: undefined where none was given. */
export function askedRevision(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion');
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    throw internal(
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

/** Throws the 504 of a revision that this server has not reached. */
export function checkReached(asked: number, current: number): void {
  if (asked > current) throw tooLargeRevision(asked, current);
}

const MATCH = 'resourceVersionMatch';

/**
 * Throws 422 for list options that contradict each other, and for `sendInitialEvents` where `watchList` is off.
 * Words as in k8s.io/apimachinery/pkg/apis/meta/internalversion/validation.
 */
export function checkListOptions(query: URLSearchParams, watch: boolean, watchList: boolean): void {
  const causes = watch ? watchCauses(query, watchList) : listCauses(query);
  if (causes.length > 0) throw invalid('ListOptions', 'meta.k8s.io', '', causes);
}

function listCauses(query: URLSearchParams): Cause[] {
  const causes: Cause[] = [];
  const match = query.get(MATCH) ?? '';
  const version = query.get('resourceVersion') ?? '';
  if (match !== '') {
    if (version === '') causes.push(cause.forbidden(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`));
    if (query.get('continue')) causes.push(cause.forbidden(MATCH, `${MATCH} is forbidden when continue is provided`));
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      causes.push(cause.notSupported(MATCH, match, ['Exact', 'NotOlderThan', '']));
    }
    if (match === 'Exact' && version === '0') {
      causes.push(cause.forbidden(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`));
    }
  }
  if (query.has('sendInitialEvents')) {
    causes.push(cause.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return causes;
}

function watchCauses(query: URLSearchParams, watchList: boolean): Cause[] {
  const causes: Cause[] = [];
  const match = query.get(MATCH) ?? '';
  const sends = query.has('sendInitialEvents');
  if (sends && match !== 'NotOlderThan') {
    causes.push(cause.forbidden(MATCH, `sendInitialEvents requires setting ${MATCH} to NotOlderThan`));
  }
  if (sends && !watchList) {
    const why = 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled';
    causes.push(cause.forbidden('sendInitialEvents', why));
  }
  if (match !== '' && !sends) {
    causes.push(cause.forbidden(MATCH, `${MATCH} is forbidden for watch unless sendInitialEvents is provided`));
  }
  if (match !== '' && match !== 'NotOlderThan') causes.push(cause.notSupported(MATCH, match, ['NotOlderThan']));
  return causes;
}

/** True and false of `sendInitialEvents`; undefined where it was not given. */
export function sendInitialEvents(query: URLSearchParams): boolean | undefined {
  return query.has('sendInitialEvents') ? isTrue(query.get('sendInitialEvents')) : undefined;
}
