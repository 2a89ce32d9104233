/** A change of what a workflow commands, as somebody might make it who forgets `patched()`. */
export interface Change {
  readonly what: string;
  /** Whose histories stop. */
  readonly of: string;
  /** In the bundle that workers run. */
  readonly from: RegExp;
  readonly to: string;
}

/** One for each workflow and for each thing that several share; `$&` is what was there. */
export const CHANGES: readonly Change[] = [
  {
    what: 'the audience is planned again before it is frozen',
    of: 'campaign',
    from: /await sendShards\(state, sending\);/,
    to: 'await planCampaign(sending); $&',
  },
  {
    what: 'accounts are closed twice',
    of: 'campaign',
    from: /return closeCampaign\(sending\);/,
    to: 'await closeCampaign(sending); $&',
  },
  {
    what: 'one shard after the other in all localities',
    of: 'campaign',
    from: /await Promise\.all\(lanes\);/,
    to: '/* one lane */',
  },
  {
    what: 'shards are numbered from one',
    of: 'campaign',
    from: /\/shard\/\$\{shard\.shard\}/,
    to: '/shard/${shard.shard + 1}',
  },
  {
    what: 'what was said is not passed on to shards',
    of: 'campaign',
    from: /await shards\.signalAll\(\);/,
    to: '',
  },
  {
    what: 'shards under way are not called back',
    of: 'campaign',
    from: /shards\.callBack\(\)/,
    to: 'undefined',
  },
  {
    what: 'they are called back without a patch',
    of: 'campaign',
    from: /\(0,[\w]+\.patched\)\(CALLS_BACK\)/,
    to: 'true',
  },
  {
    what: 'they are called back no more',
    of: 'campaign',
    from: /\(0,[\w]+\.patched\)\(CALLS_BACK\)/,
    to: 'false',
  },
  {
    what: 'it comes back without a patch',
    of: 'campaignShard',
    from: /\(0,[\w]+\.patched\)\(COMES_BACK\)/,
    to: 'true',
  },
  {
    what: 'it does not come back',
    of: 'campaignShard',
    from: /\(0,[\w]+\.patched\)\(COMES_BACK\)/,
    to: 'false',
  },
  {
    what: 'a shard is sent before it is planned',
    of: 'campaignShard',
    from: /plan: \(\)=>planShard\(\{/,
    to: 'plan: ()=>sendChunk({',
  },
  {
    what: 'its state is not shown',
    of: 'campaignShard',
    from: /if \(state !== [^;]*;/,
    to: '',
  },
  {
    what: 'a patch is taken away',
    of: 'reminderSeries',
    from: /\(0,[\w]+\.patched\)\(SENT_WHEN_WOKEN\)/,
    to: 'true',
  },
  {
    what: 'a patch was never there',
    of: 'reminderSeries',
    from: /\(0,[\w]+\.patched\)\(SENT_WHEN_WOKEN\)/,
    to: 'false',
  },
  { what: 'nothing waits', of: 'reminderSeries', from: /await state\.wait\(plan\);/, to: '' },
  {
    what: 'what is said while it waits is not looked at',
    of: 'reminderSeries',
    from: /_class_private_field_set\(this, _isSignalled, true\);/,
    to: '',
  },
  {
    what: 'answers are given twice',
    of: 'acknowledgements',
    from: /\n\s+plan: answer,/,
    to: '\n plan: async () => { await answer(); return answer(); },',
  },
  {
    what: 'traces are erased twice',
    of: 'erasure',
    from: /\n\s+plan: erase,/,
    to: '\n plan: async () => { await erase(); return erase(); },',
  },
  {
    what: 'a file is read twice',
    of: 'importContacts',
    from: /\n\s+plan: read,/,
    to: '\n plan: async () => { await read(); return read(); },',
  },
  { what: 'the instance is cleaned last', of: 'housekeeping', from: /await cleanInstance\(\);/, to: '' },
  {
    what: 'the copy of the seal is not kept',
    of: 'seal',
    from: /\(0,\w+\.upsertMemo\)\(/,
    to: '((memo) => memo)(',
  },
];
