import { Router, type Request } from 'express';
import { Refusal } from '../errors.ts';
import { InstanceFigures } from './instance-figures.ts';
import type { Metrics } from './metrics.ts';
import { lookAtParts, warningsOf, type Premises } from './readiness.ts';
import { nameRoute } from './request-log.ts';

/** What those who run it ask: does it live, is it ready, how does it fare. */
export function probes(premises: Premises, metrics: Metrics): Router {
  const figures = new InstanceFigures(premises, metrics.registry);
  return Router()
    .get('/healthz', (_, res) => {
      nameRoute(res, '/healthz');
      res.json({ status: 'ok' });
    })
    .get('/readyz', async (_, res) => {
      nameRoute(res, '/readyz');
      const { parts } = await lookAtParts(premises);
      const failing = Object.entries(parts).filter(([, state]) => state !== 'ok');
      if (failing.length === 0) {
        res.json({ status: 'ready', parts, warnings: warningsOf(premises) });
        return;
      }
      const detail = failing.map(([part, state]) => `${part}: ${state}`).join(' ');
      throw new Refusal(isSealed(parts) ? 'SEALED' : 'NOT_READY', { detail, parts });
    })
    .get('/metrics', async (req, res) => {
      nameRoute(res, '/metrics');
      // Sums over all tenants are for who runs them: whoever comes from outside comes through a proxy.
      if (isForwarded(req)) throw new Refusal('NOT_FOUND');
      await figures.refresh();
      res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    });
}

const isSealed = ({ database, seal }: { readonly database: string; readonly seal: string }): boolean =>
  database === 'ok' && seal !== 'ok';

const isForwarded = ({ headers }: Request): boolean =>
  Object.keys(headers).some((name) => /^(?:forwarded|x-forwarded-.+)$/.test(name));
