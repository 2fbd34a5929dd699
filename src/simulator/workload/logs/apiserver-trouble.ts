/** What an API server says when its etcd is slow, or gone. Source: k8s.io/apiserver, endpoints/handlers and server/filters. */

import type { LogLine } from '../../api/pod-logs.ts';
import { micros } from '../log-times.ts';
import { chance, klog, memberOf, type Run, rhythm, slowMoments, strains } from './run.ts';

/** A kubelet ends a server that says that it is not well so long after its etcd has gone, ms. */
export const killed = 84_000;

/** A server without its etcd: it dials, and is ended, and does not come up again. */
export function without(run: Run, removed: number, begun: readonly LogLine[]): LogLine[] {
  const every = 62_000;
  const turn = Math.floor((run.until - removed - killed) / every);
  const again = removed + killed + turn * every;
  run.from = again;
  return [
    ...begun
      .filter(({ at }) => at <= run.since + 702)
      .map(({ at, text }) => {
        const [, place = '', message = ''] = /^\S+ \S+ +\d+ (\S+)\] (.*)$/s.exec(text) ?? [];
        return klog(again + at - run.since, place, message);
      }),
    ...unreached(run, again + 703, Math.min(run.until, again + 20_700)),
    klog(
      again + 20_703,
      'instance.go:226',
      'Error creating leases: error creating storage factory: context deadline exceeded',
      {
        level: 'F',
      },
    ),
  ];
}

/** How it dials its etcd in vain: more and more seldom. */
export function unreached(run: Run, from: number, until: number, channels = 24): LogLine[] {
  const lines: LogLine[] = [];
  const key = '{"<%!p(pickfirstleaf.managedByPickfirstKeyType={})>": "<%!p(bool=true)>" }';
  const why =
    'connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"';
  const to = `{Addr: "127.0.0.1:2379", ServerName: "127.0.0.1:2379", BalancerAttributes: ${key}}`;
  for (let channel = 0; channel < channels; channel++) {
    const drawn = chance(run.key, from, channel);
    let [at, wait] = [from + drawn.integer(112, 190), 1000];
    const number = 1 + drawn.integer(0, 90) * 3;
    while (at < until && lines.length < 600) {
      const name = `[Channel #${number} SubChannel #${number + 1}]`;
      lines.push(
        klog(
          at,
          'logging.go:55',
          `[core] ${name}grpc: addrConn.createTransport failed to connect to ${to}. Err: ${why}`,
          {
            level: 'W',
          },
        ),
      );
      at += Math.floor(wait * (0.8 + drawn.next() * 0.4));
      wait = Math.min(wait * 1.6, 60_000);
    }
  }
  return lines;
}

/** Leaders that could not renew their Leases: their requests were over before an answer was there. */
export function overdue(run: Run): LogLine[] {
  return strains(run).flatMap(({ at, lease }) => {
    const path = `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${lease}`;
    const failed = (when: number, place: string, err: string) =>
      klog(when, place, `"Unhandled Error" err=${JSON.stringify(err)}`, { level: 'E' });
    const timeout = 'http: Handler timeout';
    return [-5100, -150].flatMap((before, turn) => {
      const when = at + before;
      const elapsed = `${chance(run.key, at, turn).integer(1_100_000, 9_800_000) / 1e6}ms`;
      const words = `"Post-timeout activity" timeElapsed="${elapsed}" method="${turn === 0 ? 'PUT' : 'GET'}" path="${path}" result=null`;
      const refused = `&errors.errorString{s:"${timeout}"}: ${timeout}`;
      return [
        failed(when, 'writers.go:123', `apiserver was unable to write a JSON response: ${timeout}`),
        failed(when + 1, 'status.go:71', `apiserver received an error that is not an metav1.Status: ${refused}`),
        failed(when + 2, 'writers.go:136', `apiserver was unable to write a fallback JSON response: ${timeout}`),
        ...trace(run, { at: when - 5000, took: 5002, lease, update: turn === 0 }),
        klog(when + 9, 'timeout.go:140', words, { level: 'E' }),
      ];
    });
  });
}

/** How often a server hears that its etcd has no answer while that has no quorum, ms, and of how many of these is told. */
const [patience, told] = [5000, 400];

/** What it says while its etcd has no quorum. Source: go.etcd.io/etcd/client/v3, retry_interceptor.go, and k8s.io/apiserver, finisher. */
export function unanswered(run: Run): LogLine[] {
  const { past, node, since } = run;
  const own = past?.members.findLast(({ name }) => name === node)?.id;
  return (past?.outages ?? []).flatMap(({ from, to = run.until, lost }) => {
    if (own === undefined || since > to || lost.includes(own)) return [];
    // One that began meanwhile asks once it serves.
    const turns = rhythm(
      { at: Math.max(from, since) + 3000, every: patience, of: `${run.key}/${from}` },
      { until: Math.min(to - 2000, run.until), most: told },
    );
    return turns.flatMap(({ at, turn }) => {
      if (at > run.until - 20) return [];
      const drawn = chance(run.key, from, turn);
      const target = `etcd-endpoints://0xc00${drawn.integer(1_048_576, 16_777_215).toString(16)}/127.0.0.1:2379`;
      const error = 'rpc error: code = DeadlineExceeded desc = context deadline exceeded';
      const words = {
        level: 'warn',
        ts: `${micros(at, target)}Z`,
        logger: 'etcd-client',
        caller: 'v3@v3.5.21/retry_interceptor.go:63',
      };
      const said = { ...words, msg: 'retrying of unary invoker failed', target, attempt: 0, error };
      const elapsed = `${drawn.integer(2100, 9800) / 1000}µs`;
      const finished = `FinishRequest: post-timeout activity - time-elapsed: ${elapsed}, panicked: false, err: context deadline exceeded, panic-reason: <nil>`;
      return [
        { at, text: JSON.stringify(said) },
        klog(at + 2, 'finisher.go:175', `"Unhandled Error" err=${JSON.stringify(finished)} logger="UnhandledError"`, {
          level: 'E',
        }),
        klog(at + 11, 'controller.go:195', '"Failed to update lease" err="etcdserver: request timed out"', {
          level: 'E',
        }),
      ];
    });
  });
}

/** Requests that waited for a slow disk. */
export function traces(run: Run): LogLine[] {
  const own = memberOf(run);
  return slowMoments(run).flatMap((moment) => (moment.member === own ? trace(run, moment) : []));
}

function trace(
  run: Run,
  { at, took, lease, update = false }: { at: number; took: number; lease: string; update?: boolean },
): LogLine[] {
  const host = String(run.question.pod.status?.['hostIP'] ?? '');
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const drawn = chance(run.key, 'trace', at);
  const id = drawn.integer(100_000_000, 2_147_483_647);
  const audit = drawn.uuid();
  const iso = new Date(at).toISOString();
  const clock = iso.slice(11, 23);
  const date = `${iso.slice(8, 10)}-${months[Number(iso.slice(5, 7)) - 1]}-${iso.slice(0, 4)} ${clock}`;
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${lease}`;
  const agent = `${lease}/${run.version} (linux/amd64) kubernetes/leader-election`;
  const request = `"${update ? 'Update' : 'Get'}" accept:application/vnd.kubernetes.protobuf,application/json,audit-id:${audit},client:${host},api-group:coordination.k8s.io,api-version:v1,name:${lease},subresource:,namespace:kube-system,protocol:HTTP/2.0,resource:leases,scope:resource,url:${path},user-agent:${agent},verb:${update ? 'PUT' : 'GET'} (${date}) (total time: ${took}ms):`;
  const end = at + took;
  return [
    klog(end, 'trace.go:236', `Trace[${id}]: ${request}`),
    {
      at: end,
      text: `Trace[${id}]: ---"About to write a response" ${took - 2}ms (${new Date(end - 2).toISOString().slice(11, 23)})`,
    },
    { at: end, text: `Trace[${id}]: [${took}.${at % 997}ms] [${took}.${at % 997}ms] END` },
  ];
}
