import { parentPort } from 'node:worker_threads';
import { startCounting } from './work.ts';

// A function counts its blocks only where counting began before it was compiled.
await startCounting();
const { worseThanLinear } = await import('./growth.ts');

parentPort?.on('message', (name: string) => {
  worseThanLinear(name).then(
    (worse) => parentPort?.postMessage({ worse }, []),
    (error: unknown) => parentPort?.postMessage({ error: String(error) }, []),
  );
});
