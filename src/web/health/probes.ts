import { BlockList, isIPv6 } from 'node:net';
import { Router } from 'express';
import { Refusal } from '../../platform/index.ts';
import { isForwarded, isLocal, isLoopbackPeer, type Whence } from '../../base/index.ts';
import type { InstanceFigures } from './instance-figures.ts';
import type { Metrics } from './metrics.ts';
import { lookAtParts, warningsOf, type ReadinessChecks } from './readiness.ts';
import { nameRoute } from '../server/request-log.ts';

/** The sources of figures besides those of the process itself. */
export interface FiguresShown {
  /** The figures of the whole instance, where this process counts them. */
  readonly figures?: Pick<InstanceFigures, 'refresh'> | undefined;
  /** Addresses and networks that may read metrics. */
  readonly metricsFrom: readonly string[];
}

/** The probes for whoever runs the process: alive, ready, metrics. */
export function probes(
  checks: ReadinessChecks,
  metrics: Metrics,
  { figures, metricsFrom }: FiguresShown,
): Router {
  const invited = networksOf(metricsFrom);
  return Router()
    .get('/healthz', (_, res) => {
      nameRoute(res, '/healthz');
      res.json({ status: 'ok' });
    })
    .get('/readyz', async (_, res) => {
      nameRoute(res, '/readyz');
      const { parts } = await lookAtParts(checks);
      const failing = Object.entries(parts).filter(([, state]) => state !== 'ok');
      if (failing.length === 0) {
        res.json({ status: 'ready', parts, warnings: warningsOf(checks) });
        return;
      }
      throw new Refusal(isSealed(parts) ? 'SEALED' : 'NOT_READY', { parts });
    })
    .get('/metrics', async (req, res) => {
      nameRoute(res, '/metrics');
      // Sums over all tenants are for who runs them.
      if (!mayAskForFigures(req, invited)) throw new Refusal('NOT_FOUND');
      await figures?.refresh();
      res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    });
}

const isSealed = ({ database, seal }: { readonly database: string; readonly seal: string }): boolean =>
  database === 'ok' && seal !== 'ok';

/** Parses addresses and CIDR blocks. */
export function networksOf(addresses: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const one of addresses) {
    const [address = '', prefix] = one.split('/');
    const kind = familyOf(address);
    if (prefix === undefined) networks.addAddress(address, kind);
    else networks.addSubnet(address, Number(prefix), kind);
  }
  return networks;
}

/** Says whether a request for figures comes directly from one of these networks; from this machine, by its own name too. */
export function mayAskForFigures(req: Whence, networks: BlockList): boolean {
  const address = req.socket.remoteAddress ?? '';
  // A connection that has ended already has none.
  if (address === '' || !networks.check(address, familyOf(address))) return false;
  return isLoopbackPeer(address) ? isLocal(req) : !isForwarded(req);
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');
