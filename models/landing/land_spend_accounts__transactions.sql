{{ landed('spend_accounts', 'transactions') }}
