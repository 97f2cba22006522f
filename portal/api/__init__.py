"""What programs call: health, figures, `/api/v1`."""
