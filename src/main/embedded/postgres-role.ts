import { Client } from 'pg';

// The owner makes the schema and its roles; the application owns nothing and bypasses nothing.
const MAKE_ROLES = `
  DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bonheure') THEN
      CREATE ROLE bonheure;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bonheure_app') THEN
      CREATE ROLE bonheure_app;
    END IF;
    ALTER ROLE bonheure LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS;
    ALTER ROLE bonheure_app LOGIN NOCREATEROLE NOSUPERUSER NOBYPASSRLS;
  END $$`;

/** Makes the roles and the database of Bonheure where they are missing. */
export async function ensureRoles(superuserUrl: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(MAKE_ROLES);
    const known = await client.query(`SELECT FROM pg_database WHERE datname = 'bonheure'`);
    if (known.rowCount === 0) await client.query('CREATE DATABASE bonheure OWNER bonheure');
  } finally {
    await client.end();
  }
}
