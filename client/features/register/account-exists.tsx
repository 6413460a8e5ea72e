import { Link } from '@tanstack/react-router';

export function AccountExists() {
  return (
    <>
      There is already an account with this address.{' '}
      <Link to="/sign-in" search={true} className="font-semibold underline underline-offset-4">
        Sign in instead?
      </Link>
    </>
  );
}
