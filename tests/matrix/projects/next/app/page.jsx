import { Suspense } from 'react';

import { Selfie } from './selfie';

export default function Page() {
  return (
    <Suspense>
      <Selfie />
    </Suspense>
  );
}
