/** What the simulator's own images say, which are nobody's: a small web service, and the keeper of a virtual address. */

import { addressOf, chance, memberOf, paced, planeNodes, slowMoments, type Teller } from './run.ts';

const paths = ['/api/orders', '/api/orders/17', '/api/items?limit=20', '/api/items/8', '/api/session', '/'];
/** How often it is asked, ms; so many of the last requests are kept. */
const pace = 7000;
const requests = 1200;

/** The log of a web service. */
export const application: Teller = (run) => {
  const { question, since, key, version } = run;
  const said = (at: number, level: string, msg: string, rest: object = {}) => ({
    at,
    text: JSON.stringify({ time: new Date(at).toISOString(), level, msg, ...rest }),
  });
  const begun = [
    said(since, 'info', 'starting', { version, pod: question.pod.metadata.name }),
    said(since + 180, 'info', 'connected to database', { pool: 10 }),
    said(since + 190, 'info', 'listening', { addr: ':8080' }),
  ];
  const asked = paced(run, { at: since + 5000, every: pace, of: key, late: 0.95 }, requests).map(({ at, turn }) => {
    const drawn = chance(key, 'request', turn);
    const path = paths[drawn.integer(0, paths.length - 1)]!;
    const method = path === '/api/orders' && drawn.integer(0, 2) === 0 ? 'POST' : 'GET';
    const odd = drawn.integer(0, 399);
    const status = odd === 0 ? 504 : odd < 7 ? 404 : method === 'POST' ? 201 : 200;
    const duration_ms = odd === 0 ? 3000 + drawn.integer(1, 9) : drawn.integer(2, 38);
    const rest = { method, path, status, duration_ms, request_id: drawn.uuid().slice(0, 8) };
    return odd === 0 ? said(at, 'warn', 'upstream timed out', rest) : said(at, 'info', 'request', rest);
  });
  return [...begun, ...asked];
};

/** The log of what keeps the virtual address of a control plane: one member holds it. */
export const alive: Teller = (run) => {
  const { since } = run;
  const holds = memberOf(run) === 0;
  const [first] = planeNodes(run);
  const stamp = (at: number) => {
    const [day = '', date, month, year] = new Date(at).toUTCString().replace(',', '').split(' ');
    return `${day} ${month} ${date} ${new Date(at).toISOString().slice(11, 19)} ${year}`;
  };
  const said = (at: number, text: string) => ({ at, text: `${stamp(at)}: ${text}` });
  const begun = [
    said(since, 'Starting Keepalived v2.3.1'),
    said(since + 20, 'Starting VRRP child process, pid=13'),
    said(since + 40, '(VI_1) Entering BACKUP STATE (init)'),
    said(since + 900, 'VRRP_Script(check_apiserver) succeeded'),
    ...(holds
      ? [said(since + 3600, '(VI_1) Entering MASTER STATE')]
      : [said(since + 3600, `(VI_1) master is ${first ? addressOf(first) : 'unknown'}`)]),
  ];
  const own = memberOf(run);
  const late = slowMoments(run).flatMap(({ at, member }) =>
    member === own
      ? [
          said(at + 900, 'Script `check_apiserver` now returning 1'),
          said(at + 3900, 'Script `check_apiserver` now returning 0'),
        ]
      : [],
  );
  return [...begun, ...late];
};
