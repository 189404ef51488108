{{ column_profiles() }}
