import { Onboarding } from './onboarding';

export default async function Page({ searchParams }) {
  const { relay = 'http://127.0.0.1:8080', identifier = '0000000000001' } = await searchParams;
  return <Onboarding relay={relay} identifier={identifier} />;
}
