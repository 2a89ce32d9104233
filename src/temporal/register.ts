import type { Connection } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { keys } from '../../workflows/search-attribute-keys.ts';

/** Makes the search attributes that a namespace lacks; safe to repeat, by several workers at once. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(keys).flatMap(({ name, type }) => {
    const code = encodeSearchAttributeIndexedValueType(type);
    return name in known.customAttributes || code === undefined ? [] : [[name, code] as const];
  });
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing),
  });
}
