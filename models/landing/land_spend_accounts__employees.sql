{{ landed('spend_accounts', 'employees') }}
