"""Papers that come in (văn bản đến): looked at, accepted, numbered, assigned, answered.

    arriving     a message of another office comes: checked, written down, laid before the clerk
    accepting    the clerk accepts with a number (số đến) or refuses with a reason
    assigning    the leader says who leads, who coordinates, until when
    handling     who handles it begins and finishes
    replying     our signed report goes back to the sender
    recalling    the sender asks it back; the clerk agrees or refuses
    taking       papers that come on paper or by mail

Source: NĐ 30/2020 Đ20-24; QĐ 28/2018 Đ5-9.
"""
