/** Works through the items with limited concurrency; returns outcomes in the order of the items. */
export async function eachWithin<Item, Outcome>(
  limit: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Outcome>,
): Promise<PromiseSettledResult<Outcome>[]> {
  const outcomes: PromiseSettledResult<Outcome>[] = [];
  const left = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of left) [outcomes[index]] = await Promise.allSettled([work(item)]);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return outcomes;
}
